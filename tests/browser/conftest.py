"""One demo world a run, a served copy per test or module, pages that note complaints."""

import os
from pathlib import Path

import pytest

from tools import town as towns


@pytest.fixture(scope="session")
def demo_world(tmp_path_factory):
    """Give the folder of the demo world. TOWN_WORLD names one that was built before."""
    if ready := os.environ.get("TOWN_WORLD"):
        return Path(ready)
    folder = tmp_path_factory.mktemp("demo_world")
    towns.build(folder)
    return folder


@pytest.fixture
def town(demo_world, tmp_path):
    """Give a served copy of the demo world, for one journey alone."""
    with towns.town(demo_world, tmp_path / "town") as place:
        yield place


@pytest.fixture(scope="module")
def quiet_town(demo_world, tmp_path_factory):
    """Give a served copy that a module's tests only look at."""
    with towns.town(demo_world, tmp_path_factory.mktemp("quiet") / "town") as place:
        yield place


@pytest.fixture
def new_page(chromium):
    """Give a function that opens a page in a browser context of its own; closes them all."""
    contexts = []

    def open_page(width=360, height=780, **options):
        contexts.append(
            chromium.new_context(viewport={"width": width, "height": height}, **options)
        )
        page = contexts[-1].new_page()
        page.set_default_timeout(20_000)
        return page

    yield open_page
    for context in contexts:
        context.close()
