"""A person does something: it is done and said, or nothing is kept and the page says why not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from flask import flash
from flask_wtf import FlaskForm

from vocabulary.errors import (
    ActedBefore,
    AlreadyDecided,
    BadInput,
    Lapsed,
    NotFound,
    NotPermitted,
    Refused,
    TooLate,
    WrongState,
)
from web.core import requests
from web.core.messages import sentence

# Somebody was faster, it is no longer the time, or it is not this person's to do.
NO_LONGER = (ActedBefore, AlreadyDecided, Lapsed, TooLate, WrongState)
WHATEVER = (Refused,)
# An absent record reads like one that never was, unless a page names them among what it takes.
_ABSENT = (NotFound, NotPermitted)
# A page's own words, by "field.reason", reason or field, by the state that was found, or by code.
Said = Mapping[str, str]
_NOTHING: Said = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Trying:
    """Run a block; refused by one of `but`, undo it and say why. A view may return inside."""

    but: tuple[type[Refused], ...]
    refuse: Callable[[Refused], None]
    words: str = ""

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _kind: object, refusal: BaseException | None, _where: object) -> bool:
        """Say that it is done, or take what may be refused; everything else goes through."""
        if refusal is None and self.words:
            flash(self.words, "success")
        if not isinstance(refusal, self.but):
            return False
        if isinstance(refusal, _ABSENT) and type(refusal) not in self.but:
            return False
        requests.keep_nothing()
        self.refuse(refusal)
        return True


def saying(
    words: str = "", said: Said = _NOTHING, *, but: tuple[type[Refused], ...] = NO_LONGER
) -> _Trying:
    """Run the block and say `words`; refused by one of `but`, undo it and say that instead."""
    return _Trying(but, lambda refusal: refused(_words(refusal, said)), words)


def refused(words: str) -> None:
    """Keep nothing of this request and say why."""
    requests.keep_nothing()
    flash(words, "warning")


def onto(
    form: FlaskForm,
    said: Said = _NOTHING,
    *,
    but: tuple[type[Refused], ...] = (BadInput, *NO_LONGER),
) -> _Trying:
    """Run the block; refused by one of `but`, undo it and say on the form why.

    A view returns its redirect inside the block. What stands behind it answers a refused form, which
    comes back as it was filled in.
    """
    return _Trying(but, lambda refusal: put(form, refusal, said))


def put(form: FlaskForm, refusal: Refused, said: Said = _NOTHING) -> None:
    """Say a refusal where it belongs: on its field, or above the form."""
    name, words = str(refusal.params.get("field", "")), _words(refusal, said)
    if name in form:
        form[name].errors = [words]
    else:
        form.form_errors.append(words)


def _words(refusal: Refused, said: Said) -> str:
    reason, field, state = (str(refusal.params.get(of)) for of in ("reason", "field", "from_state"))
    keys = (f"{field}.{reason}", reason, field, state, refusal.code)
    own = next((said[key] for key in keys if key in said), None)
    return sentence(refusal) if own is None else own.format_map(refusal.params)


def typed(form: FlaskForm) -> dict[str, str]:
    """Return what was typed into a form's fields, by their names."""
    return {name: value or "" for name, value in form.data.items() if name != "csrf_token"}
