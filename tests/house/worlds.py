"""The twin worlds: who the secret donor and the child are in each.

A history is played once a process and kept; a unit of tests/plugins/workers.py holds together those
who look at it. Each world is served by an application of its own.
"""

import hashlib
import io
import pickle
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import wraps
from itertools import count
from pathlib import Path
from typing import ClassVar
from unittest import mock

from flask import Flask
from itsdangerous import TimestampSigner
from jinja2 import BytecodeCache
from sqlalchemy import event

from app import create_app
from cli import twins
from cli.twins import cast
from cli.twins.cast import Oneself, Pupil
from cli.twins.donor import TwinDonor, read_donor
from extensions import db
from gateways import (
    certificate_drawing,
    file_copies,
    order_drawing,
    slip_drawing,
    statement_drawing,
)
from models.vault import Donor
from tests.house.observing import keep_nothing_that_is_tried
from tests.plugins.examples import PROFILE
from tests.plugins.installation import settings_in
from vocabulary import clock, refs

FIELDS = ("name", "phone", "city", "employer", "account", "pay_in_day", "seen_at")
BELOW = ("阿古拉", "13000000001", "鞍山", "一家林场", "1000000000000001", 8, "06:10")
BETWEEN = ("孟和", "13650000050", "昌都", "森工公司", "6222020000000007", 15, "12:00")
ABOVE = ("卓玛·齐齐格𠮷", "zz@example.org", "漳州", "邹记五金店", "9999000000000009", 27, "23:05")
SECOND = ("高娃", "13700000002", "保定", "稀土学院", "5000000000000005", 9, "09:00")
WHO = "王浩然"
"""The child that the secret donor supports: in the reverse twins he is somebody else."""
SELVES = (
    Oneself("阿拉坦", "02-03", "150723201202030010", "安居路一号", "怕黑", "敖登", "13000000071"),
    Oneself("那顺·孟和𠮷", "06-17", "150723201206170037", "民主街七号", "左耳背", "娜仁", "13650000072"),
    Oneself("卓力格图", "11-28", "150723201211280038", "柞树沟三组", "跟着姥爷", "张桂兰", "13999999973"),
)  # fmt: skip
STARTS = (
    "/", "/months", "/staff/", "/school/", "/village/", "/volunteer/", "/unit/", "/unit/hand/",
    "/donor/", "/family/",
)  # fmt: skip
Links = dict[str, list[str]]
# Statements as SQLAlchemy compiled them, and papers as they were drawn from the same words: what
# depends on nothing but its own input is made once for all worlds of this process.
_COMPILED: dict[object, object] = {}
_DRAWN: dict[bytes, bytes] = {}
_A_CODE = re.compile(rb"[2-9A-HJ-NP-Z]{6,}")
_PAPERS = (certificate_drawing, file_copies, order_drawing, slip_drawing, statement_drawing)
_PLAYED: dict["Twin", tuple[Path, Links]] = {}


class _Pages(BytecodeCache):
    """Templates, compiled once for all worlds of this process."""

    kept: ClassVar[dict[str, bytes]] = {}

    def load_bytecode(self, bucket) -> None:
        """Take what another world compiled."""
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket) -> None:
        """Keep it for the next."""
        self.kept[bucket.key] = bucket.bytecode_to_string()


def with_child(self: Oneself) -> tuple[Pupil, ...]:
    """Return the children of the history, one of them this one."""
    return tuple(replace(p, oneself=self) if p.name == WHO else p for p in cast.CHILDREN)


@dataclass(frozen=True, slots=True)
class Twin:
    """What makes a world: its secret donor, who gives beside him, and the children."""

    donor: tuple[object, ...]
    second: tuple[object, ...] = SECOND
    # The number of the first donor's row; those after him count down. 0: as they come.
    first_row: int = 0
    pupils: Sequence[Pupil] = field(default=with_child(SELVES[0]))

    @property
    def oneself(self) -> Oneself:
        """Return who the child is."""
        return next(one.oneself for one in self.pupils if one.name == WHO and one.oneself)


# Both directions begin in one world: another donor there, or another child.
FIRST = Twin(BELOW)
# What order gives away shows between below and above; the one between them is for `make test-full`.
BETWEEN_THEM = (Twin(BETWEEN),) if PROFILE == "full" else ()
DONORS = (FIRST, Twin(ABOVE, first_row=913_700_000), *BETWEEN_THEM, Twin(SECOND, second=BELOW))
CHILDREN = tuple(
    Twin(BELOW, pupils=with_child(self)) for self in (SELVES if PROFILE == "full" else SELVES[::2])
)


@contextmanager
def world(template: Path, folder: Path, twin: Twin) -> Iterator[tuple[Flask, Links]]:
    """Run a copy of one world's installation, and give its links; it is played at first asking."""
    if twin not in _PLAYED:
        kept = folder.with_name(f"{folder.name}-played")
        shutil.copytree(template, kept)
        with running(kept) as app, app.app_context(), rows_from(twin.first_row):
            links = twins.play(
                as_donor(twin.donor), seed=1, second=as_donor(twin.second), pupils=twin.pupils
            )
        _PLAYED[twin] = kept, links
    kept, links = _PLAYED[twin]
    shutil.copytree(kept, folder)
    with running(folder) as app:
        keep_nothing_that_is_tried(app)
        yield app, links


@contextmanager
def running(folder: Path) -> Iterator[Flask]:
    """Run an application of its own on an installation, as under TWIN_SEED."""
    with ExitStack() as stack:
        stack.callback(clock.stand_at, None)
        stack.callback(refs.seed_process, None)
        stack.callback(setattr, TimestampSigner, "get_timestamp", TimestampSigner.get_timestamp)
        for module in _PAPERS:
            stack.enter_context(mock.patch.object(module, "draw", _drawn_once(module.draw)))
        app = create_app(replace(settings_in(folder), twin_seed="1"))
        app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
        app.jinja_env.bytecode_cache = _Pages()
        with app.app_context():
            db.engine.update_execution_options(compiled_cache=_COMPILED)
        # Outside the context: one left open would carry g, and the person signed in, to all clients.
        yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@contextmanager
def rows_from(first: int) -> Iterator[None]:
    """Number the donors' rows otherwise: who was here before them is as secret as who they are."""
    numbers = count(first, -1)

    def number(_mapper: object, _connection: object, donor: Donor) -> None:
        donor.id = next(numbers)

    if first:
        event.listen(Donor, "before_insert", number)
    try:
        yield
    finally:
        if first:
            event.remove(Donor, "before_insert", number)


def begin(part: str) -> None:
    """Draw what is random from streams of this part's own: no part shifts another's."""
    refs.seed_process(f"1/{part}")


def as_donor(given: tuple[object, ...]) -> TwinDonor:
    """Read a donor as `twin-seed` does."""
    return read_donor(dict(zip(FIELDS, given, strict=True)))


def _drawn_once(draw: Callable[..., bytes]) -> Callable[..., bytes]:
    """Draw what differs in its drawn codes alone once; behind it stands what it was drawn from.

    A paper depends on nothing else, so two are the same bytes when both halves are.
    """

    @wraps(draw)
    def drawn(*args: object, **kwargs: object) -> bytes:
        said = _by_value((draw.__module__, args, kwargs))
        kind = _A_CODE.sub(b"*", said)
        if kind not in _DRAWN:
            _DRAWN[kind] = draw(*args, **kwargs)
        return _DRAWN[kind] + b"\n% " + hashlib.sha256(said).hexdigest().encode()

    return drawn


def _by_value(given: object) -> bytes:
    written = io.BytesIO()
    pickler = pickle.Pickler(written)
    pickler.fast = True  # equal values are written alike, whether or not they are one object
    pickler.dump(given)
    return written.getvalue()
