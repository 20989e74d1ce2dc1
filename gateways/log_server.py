"""Log lines sent to another machine: syslog (RFC 5424) over TLS (RFC 5425), by the standard library.

Lines go in the background, so that a log server that is away holds nobody up. What cannot be sent
stands in this machine's own file; a line on stderr says when the server is lost and when it is back.
"""

import logging
import ssl
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from logging.handlers import QueueHandler, QueueListener, SocketHandler, SysLogHandler
from pathlib import Path
from queue import Full, Queue
from socket import create_connection, socket

NAME = "weiguang"
MOST_WAITING = 10_000
_CONNECT_SECONDS = 5.0
_LONGEST_PAUSE = 30.0


@dataclass(frozen=True, slots=True)
class LogServer:
    """Where lines go, and the authority whose certificate it shows; None: the machine's own list."""

    host: str
    port: int
    authority: Path | None = None


class ToServer(SocketHandler):
    """Writes each line to the server, which must show a certificate for its name."""

    def __init__(self, server: LogServer) -> None:
        super().__init__(server.host, server.port)
        self.retryMax = _LONGEST_PAUSE
        self._name, self._port, self._is_lost = server.host, server.port, False
        self._trust = ssl.create_default_context(cafile=server.authority)
        self._trust.minimum_version = ssl.TLSVersion.TLSv1_2

    def makeSocket(self, timeout: float = _CONNECT_SECONDS) -> socket:  # noqa: N802 the parent's name
        """Connect and see whom we talk to; a failure is said once, and tried again later."""
        try:
            plain = create_connection((self._name, self._port), timeout)
            made = self._trust.wrap_socket(plain, server_hostname=self._name)
        except OSError as error:
            self._say(f"not reached ({type(error).__name__})", is_lost=True)
            raise
        self._say("reached again", is_lost=False)
        return made

    def makePickle(self, record: logging.LogRecord) -> bytes:  # noqa: N802 the parent's name
        """Frame a line by its length; of host and process nothing is told."""
        priority = self._priority(record.levelno)
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = f"<{priority}>1 {at} - {NAME} - - - {record.getMessage()}".encode()
        return b"%d %b" % (len(line), line)

    def _priority(self, level: int) -> int:
        steps = (
            (logging.ERROR, SysLogHandler.LOG_ERR),
            (logging.WARNING, SysLogHandler.LOG_WARNING),
        )
        found = (severity for least, severity in steps if level >= least)
        return SysLogHandler.LOG_LOCAL0 << 3 | next(found, SysLogHandler.LOG_INFO)

    def _say(self, what: str, *, is_lost: bool) -> None:
        if is_lost is not self._is_lost:
            self._is_lost = is_lost
            sys.stderr.write(f"log server {what}\n")


class _Waiting(QueueHandler):
    """Hands lines over; when too many wait, this machine's own file alone keeps the newest."""

    def enqueue(self, record: logging.LogRecord) -> None:
        """Never wait, never fail."""
        with suppress(Full):
            self.queue.put_nowait(record)


class Sending(QueueListener):
    """Sends in the background until it is stopped, which may be said twice."""

    def stop(self) -> None:
        """Send what waits, then end."""
        if self._thread is not None:
            super().stop()


def sending(server: LogServer, drawn_by: logging.Formatter) -> tuple[logging.Handler, Sending]:
    """Return what takes lines, drawn in the caller's own thread, and what sends them; started."""
    lines: Queue[logging.LogRecord] = Queue(MOST_WAITING)
    taking = _Waiting(lines)
    taking.setFormatter(drawn_by)
    listener = Sending(lines, ToServer(server))
    listener.start()
    return taking, listener
