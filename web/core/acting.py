"""A person does something: it is done and said, or nothing is kept and the page says why not."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import flash

from vocabulary.errors import (
    ActedBefore,
    AlreadyDecided,
    Lapsed,
    NotFound,
    Refused,
    TooLate,
    WrongState,
)
from web.core import requests
from web.core.messages import sentence

# Somebody was faster, it is no longer the time, or it is not this person's to do.
NO_LONGER = (ActedBefore, AlreadyDecided, Lapsed, TooLate, WrongState)


@contextmanager
def saying(words: str, *, but: tuple[type[Refused], ...] = NO_LONGER) -> Iterator[None]:
    """Run the block and say `words`; refused by one of `but`, undo it and say that instead."""
    try:
        yield
    except NotFound:  # an absent record reads like one that never was
        raise
    except but as refusal:
        refused(sentence(refusal))
    else:
        flash(words, "success")


def refused(words: str) -> None:
    """Keep nothing of this request and say why."""
    requests.keep_nothing()
    flash(words, "warning")
