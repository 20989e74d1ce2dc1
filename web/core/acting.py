"""A person does something: it is done and said, or nothing is kept and the page says why not."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType

from flask import flash
from flask_wtf import FlaskForm

from vocabulary.errors import (
    ActedBefore,
    AlreadyDecided,
    BadInput,
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
# A page's own words, by a field's reason, by the state that was found, or by the refusal's code.
Said = Mapping[str, str]
_NOTHING: Said = MappingProxyType({})


@contextmanager
def saying(
    words: str, said: Said = _NOTHING, *, but: tuple[type[Refused], ...] = NO_LONGER
) -> Iterator[None]:
    """Run the block and say `words`; refused by one of `but`, undo it and say that instead."""
    try:
        yield
    except NotFound:  # an absent record reads like one that never was
        raise
    except but as refusal:
        refused(_words(refusal, said))
    else:
        flash(words, "success")


def refused(words: str) -> None:
    """Keep nothing of this request and say why."""
    requests.keep_nothing()
    flash(words, "warning")


@dataclass(frozen=True, slots=True)
class onto:  # noqa: N801 it reads like `saying`; a class, so that what stands behind its block is reached
    """Run the block; refused by one of `but`, undo it and say on the form why.

    A view returns its redirect inside the block. What stands behind it answers a refused form, which
    comes back as it was filled in.
    """

    form: FlaskForm
    said: Said = field(default_factory=dict)
    but: tuple[type[Refused], ...] = (BadInput, *NO_LONGER)

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _kind: object, refusal: BaseException | None, _where: object) -> bool:
        """Take what may be refused; let everything else through."""
        if not isinstance(refusal, self.but):
            return False
        requests.keep_nothing()
        put(self.form, refusal, self.said)
        return True


def put(form: FlaskForm, refusal: Refused, said: Said = _NOTHING) -> None:
    """Say a refusal where it belongs: on its field, or above the form."""
    name, words = str(refusal.params.get("field", "")), _words(refusal, said)
    if name in form:
        form[name].errors = [words]
    else:
        form.form_errors.append(words)


def _words(refusal: Refused, said: Said) -> str:
    found = (str(refusal.params.get(name)) for name in ("reason", "from_state"))
    return next((said[key] for key in (*found, refusal.code) if key in said), sentence(refusal))


def typed(form: FlaskForm) -> dict[str, str]:
    """Return what was typed into a form's fields, by their names."""
    return {name: value or "" for name, value in form.data.items() if name != "csrf_token"}
