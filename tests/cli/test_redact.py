"""`flask redact` from outside."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

# Each starts a process of its own, with all that the command imports.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def redact(tmp_path: Path, lines: bytes) -> subprocess.CompletedProcess[bytes]:
    env = {"PATH": os.environ["PATH"], "DATABASE_URL": f"sqlite:///{tmp_path / 'none.db'}"}
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "redact"],
        cwd=ROOT, env=env, input=lines, capture_output=True, check=False,
    )  # fmt: skip


def test_each_line_is_answered_by_its_screened_text_and_no_database_is_made(tmp_path) -> None:
    ends = "上一行\x85下一行\u2028再下一行\u2029"
    letters = [
        "我叫王小明，电话一三八零四七零一二三四。", "考了98分\n第3名", "", "半个字\ud83d", ends
    ]  # fmt: skip

    done = redact(tmp_path, "".join(json.dumps(one) + "\n" for one in letters).encode())

    assert done.returncode == 0, done.stderr
    # Lines as text has them, which are more than those of bytes.
    assert [json.loads(line) for line in done.stdout.decode().splitlines()] == [
        "我叫【…】，电话【…】。", *letters[1:]
    ]  # fmt: skip
    assert not (tmp_path / "none.db").exists()


def test_a_line_that_is_no_json_string_is_told_by_number_and_the_rest_goes_on(tmp_path) -> None:
    done = redact(tmp_path, b'"a"\n12\n\n{"a"\n\xff\n"b"\n')

    assert done.returncode == 1
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        "a",
        None,
        None,
        None,
        None,
        "b",
    ]
    told = [line for line in done.stderr.decode().splitlines() if line.startswith("line ")]
    assert [line.split(":")[0] for line in told] == ["line 2", "line 3", "line 4", "line 5"]
    assert '{"a"' not in done.stderr.decode()


def test_ten_thousand_lines_take_seconds(tmp_path) -> None:
    line = json.dumps("叔叔您好，这次语文95分，数学98.5分，我家买了3只羊，花了2400元。") + "\n"
    began = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime

    done = redact(tmp_path, line.encode() * 10_000)

    assert len(done.stdout.splitlines()) == 10_000
    # Its own work, however busy the machine is otherwise.
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - began < 40
