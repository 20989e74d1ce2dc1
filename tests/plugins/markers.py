"""Where a test lives says what it needs: everything in tests/browser/ is marked."""

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Mark what drives Chromium, so that `make test-fast` can leave it out."""
    browser_tests = config.rootpath / "tests" / "browser"
    for item in items:
        if item.path.is_relative_to(browser_tests):
            item.add_marker(pytest.mark.browser)
