"""Where a test lives says what it needs: tests/browser/ is marked, and runs on one worker."""

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Send everything that drives Chromium to one worker: one browser and one server at a time."""
    browser_tests = config.rootpath / "tests" / "browser"
    for item in items:
        if item.path.is_relative_to(browser_tests):
            item.add_marker(pytest.mark.browser)
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("browser"))
