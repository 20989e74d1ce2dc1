"""Every command and every scheduled job's process imports the whole house: it stays light."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Each takes a large part of a second, and only few commands and pages need it.
HEAVY = {"cn2an", "fpdf", "ortools.sat.python.cp_model", "pandas"}


@pytest.mark.slow
def test_starting_loads_no_library_that_only_one_page_or_job_needs() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import app, sys; print(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    loaded = set(done.stdout.split())
    assert "services.handover.slips" in loaded
    assert HEAVY & loaded == set()
