"""The one Chromium of a test run: Debian's, without a way out of this machine."""

import os
import shutil

import pytest

REMEDY = """There is no Chromium that starts. Install it, then run again:
    sudo apt-get update && sudo apt-get install -y chromium fonts-noto-cjk
A Chromium elsewhere: CHROMIUM=/path/to/chrome make test. No browser at all: make test-fast."""

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


def find_chromium():
    """Give the path of the browser, or None."""
    names = [os.environ.get("CHROMIUM", "chromium"), "chromium-browser", "google-chrome"]
    return next((path for name in names if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium():
    """Give one running browser; each test makes its own context. Without one: fail, never skip."""
    from playwright.sync_api import Error, sync_playwright

    path = find_chromium()
    if path is None:
        pytest.fail(REMEDY, pytrace=False)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        except Error as error:
            pytest.fail(f"{REMEDY}\n{path} said: {error}", pytrace=False)
        yield browser
        browser.close()
