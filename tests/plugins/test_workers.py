"""The plugin that shares tests out: proven by a run of its own, for versions of xdist differ."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.plugins import workers

ROOT = Path(__file__).parents[2]
OPTIONS = "-p xdist -n2 --import-mode=importlib -p no:cacheprovider -p tests.plugins.workers"
# Each test waits, so that a free worker would take what is not held together.
MODULE = """
import os, time
import pytest

@pytest.fixture(scope="module", autouse=True)
def built(request):
    with open(os.environ["BUILT"], "a") as file:
        print(request.node.nodeid, os.environ["PYTEST_XDIST_WORKER"], file=file)

@pytest.mark.parametrize("n", range(3))
def test_something(n):
    time.sleep(0.05)
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Two workers' run over four files: which file's fixture was built by whom, in which order."""
    folder = tmp_path_factory.mktemp("suite")
    (folder / "pytest.ini").write_text("[pytest]\n")
    for name in ("a_first.py", "browser/b.py", "browser/c.py", "house/twins.py"):
        place = folder / "tests" / Path(name).parent / f"test_{Path(name).name}"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(MODULE)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *OPTIONS.split(), str(folder)],
        cwd=folder,
        env={
            "PYTHONPATH": str(ROOT),
            "BUILT": str(folder / "built"),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert "12 passed" in done.stdout, done.stdout + done.stderr
    return [line.split() for line in (folder / "built").read_text().splitlines()]


@pytest.mark.slow
def test_a_files_fixture_is_built_once(built):
    assert sorted(file for file, _ in built) == [
        "tests/browser/test_b.py",
        "tests/browser/test_c.py",
        "tests/house/test_twins.py",
        "tests/test_a_first.py",
    ]


def test_everything_that_drives_chromium_runs_on_one_worker(built):
    assert len({worker for file, worker in built if "browser" in file}) == 1


def test_the_long_ones_begin_first_and_the_rest_keeps_its_order():
    files = ["tests/b.py", "tests/browser/c.py", "tests/a.py", "tests/house/test_twins.py"]
    items = [SimpleNamespace(nodeid=f"{file}::test") for file in files]

    workers.pytest_collection_modifyitems(items)

    order = [item.nodeid.partition("::")[0] for item in items]
    long = sorted(files[1::2], key=lambda file: workers.LONG.index(workers.unit_of(file)))
    assert order == [*long, "tests/b.py", "tests/a.py"]


@pytest.mark.parametrize("unit", workers.LONG)
def test_every_long_one_is_there(unit):
    assert (ROOT / unit).exists()
