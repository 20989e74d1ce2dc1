"""`flask serve` as an operator meets it: a real process, stopped by a signal."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from flask import Flask

ROOT = Path(__file__).parents[2]
Start = Callable[..., tuple["subprocess.Popen[bytes]", str]]

pytestmark = pytest.mark.slow


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def start(app: Flask, tmp_path: Path) -> Iterator[Start]:
    """Start `flask serve` on the test's database; returns the process and its address."""
    running: list[subprocess.Popen[bytes]] = []
    settings = app.config["SETTINGS"]

    def started(port: int, **more: str) -> tuple["subprocess.Popen[bytes]", str]:
        log = tmp_path / f"serve-{len(running)}.log"
        environment = os.environ | {
            "DATABASE_URL": settings.database_url,
            "INSTANCE_DIR": str(settings.instance),
            "KEYS_DIR": str(settings.keys_dir),
            "MODE": "test",
            "PORT": str(port),
        }
        command = [sys.executable, "-m", "flask", "--app", "app", "serve"]
        with log.open("w") as file:
            process = subprocess.Popen(command, cwd=ROOT, env=environment | more, stderr=file)
        running.append(process)
        for _ in range(600):
            found = re.search(r"打开：(\S+)", log.read_text())
            if found or process.poll() is not None:
                break
            time.sleep(0.1)
        return process, log.read_text()

    yield started
    for process in running:
        process.kill()
        process.wait()


def fetch(address: str) -> tuple[int, dict[str, str], bytes]:
    with urlopen(address, timeout=5) as answer:  # noqa: S310 our own server
        return answer.status, dict(answer.headers), answer.read()


def test_it_serves_pages_keeps_static_files_and_ends_well_at_sigterm(start: Start) -> None:
    port = a_free_port()
    process, _ = start(port)
    address = f"http://127.0.0.1:{port}"

    status, _, body = fetch(f"{address}/healthz")
    _, page_headers, page = fetch(f"{address}/")
    found = re.search(r'href="(/static/app.css\?v=[0-9a-f]{10})"', page.decode())
    sheet_headers = fetch(address + (found.group(1) if found else ""))[1]
    process.send_signal(signal.SIGTERM)

    assert (status, body) == (200, b'{"status":"ok"}\n')
    assert "immutable" in sheet_headers["Cache-Control"]
    assert sheet_headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in sheet_headers
    assert page_headers["Cache-Control"] == "no-store"
    assert "Server" not in page_headers
    assert process.wait(timeout=30) == 0


def test_a_second_one_takes_another_port_and_leaves_the_schedule_alone(start: Start) -> None:
    port = a_free_port()
    _, first = start(port)
    _, second = start(port)

    moved = re.search(r"打开：http://127.0.0.1:(\d+)", second)
    assert "另一个进程" not in first
    assert f"端口 {port} 有别的程序在用" in second
    assert "另一个进程已经在跑定时任务" in second
    assert moved is not None
    assert int(moved.group(1)) > port
    assert fetch(f"http://127.0.0.1:{moved.group(1)}/healthz")[0] == 200
