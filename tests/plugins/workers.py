"""Who runs what under `-n 2`: a file stays on one worker, and so do all files that drive Chromium.

So what a file builds once is built once, and one browser and its servers run at a time. The long
ones begin first, so that the workers end together. Marks and `--dist loadgroup` cannot say this:
xdist 3.8 writes a mark's group where pytest 9.2 no longer reads it, and every group falls apart.
"""

import pytest

TOGETHER = ("tests/browser/",)
# The worlds of the first are looked at by the others too: played once.
BESIDE = dict.fromkeys(
    (
        "tests/house/test_reverse_twins.py",
        "tests/house/test_split_knowledge.py",
        "tests/house/test_twin_towns.py",
    ),
    "tests/house/test_twins.py",
)
# Longest first, as measured; what is not named here takes less than half a minute of one core.
LONG = (
    "tests/house/test_twins.py",
    "tests/browser/",
    "tests/house/test_authorisation.py",
    "tests/house/test_world_at_rest.py",
    "tests/faults/test_real_processes.py",
    "tests/faults/test_runs.py",
    "tests/faults/test_kill_points.py",
    "tests/faults/test_stories.py",
    "tests/faults/test_crash_points.py",
    "tests/test_config.py",
    "tests/cli/test_key_rotation.py",
)


def unit_of(nodeid):
    """Return what a test must stay together with: its file, a file's worlds, a folder of several."""
    path = nodeid.partition("::")[0]
    return next((folder for folder in TOGETHER if path.startswith(folder)), BESIDE.get(path, path))


def _rank(item):
    unit = unit_of(item.nodeid)
    return LONG.index(unit) if unit in LONG else len(LONG)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Put the long ones first; the rest keeps the order that the dice gave it."""
    items.sort(key=_rank)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Hand out whole units, in the order of the collection."""
    from xdist.scheduler import LoadScopeScheduling

    class ByUnit(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return unit_of(nodeid)

    config.option.loadscopereorder = False
    return ByUnit(config, log)
