"""What every test run has: `pytest tests/house` and `make test` see the same."""

import pytest

pytest_plugins = [
    "tests.plugins.no_network",
    "tests.plugins.memory",
    "tests.plugins.markers",
    "tests.plugins.workers",
    "tests.plugins.examples",
    "tests.plugins.chromium",
    "tests.plugins.databases",
]


def pytest_configure(config: pytest.Config) -> None:
    """Load the application where tests run; who only hands them out under `-n 2` needs none."""
    if hasattr(config, "workerinput") or not getattr(config.option, "numprocesses", None):
        config.pluginmanager.import_plugin("tests.plugins.installation")
