"""What every test run has: `pytest tests/house` and `make test` see the same."""

pytest_plugins = [
    "tests.plugins.no_network",
    "tests.plugins.markers",
    "tests.plugins.workers",
    "tests.plugins.examples",
    "tests.plugins.chromium",
]
