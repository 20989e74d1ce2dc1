"""Where somebody works: a name that is sealed, and a keyed handle by which two are compared.

A guardian's, a volunteer's and an organisation's name are folded alike, so that one place has one
handle however it was typed; the name itself is compared nowhere.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, select, true
from sqlalchemy.orm import Session

from models import keys
from models.children import Kin
from models.organisations import Organisation
from vocabulary.enums import KinRole

PLACE = "workplaces"
AT_MOST = 80
_FEW = 500
_FIRM = re.compile(r"(?:股份|集团|有限|责任)*公司$")
_NO_WORD = re.compile(r"[\W_]+")
IS_KNOWN: tuple[ColumnElement[bool], ...] = (
    Kin.kin_role == KinRole.GUARDIAN,
    Kin.until_on.is_(None),
    Kin.workplace_index.is_not(None),
)
"""Of whom among the kin it counts: who is a guardian now, and said where they work."""


def folded(name: str) -> str:
    """Return what is compared of a name: no blanks, signs, width, or a firm's legal form."""
    plain = _NO_WORD.sub("", unicodedata.normalize("NFKC", name)).casefold()
    return _FIRM.sub("", plain) or plain


def index(name: str) -> str:
    """Return the handle of a place's name."""
    return keys.blind_index(PLACE, folded(name))


def kept(name: str | None) -> dict[str, str | None]:
    """Return the two columns of a name; both are empty where there is none."""
    plain = (name or "").strip()[:AT_MOST]
    has_words = bool(folded(plain))
    return {
        "workplace": plain if has_words else None,
        "workplace_index": index(plain) if has_words else None,
    }


def of_organisations(session: Session, refs: Mapping[int, str]) -> dict[int, str]:
    """Return the handle of each organisation (by key), from its name."""
    few = Organisation.id.in_(refs) if len(refs) <= _FEW else true()
    rows = session.execute(select(Organisation.id, Organisation.name).where(few))
    return {key: index(name) for key, name in rows if key in refs}


def of_guardians(session: Session, children: Collection[Any]) -> dict[int, list[str]]:
    """Return the handles of where the guardians of these children (rows with `id`) work."""
    few = Kin.child_id.in_([one.id for one in children]) if len(children) <= _FEW else true()
    asked = select(Kin.child_id, Kin.workplace_index).where(*IS_KNOWN, few)
    found: defaultdict[int, list[str]] = defaultdict(list)
    for key, handle in session.execute(asked.order_by(Kin.id)):
        found[key].append(handle or "")
    return found


def of_staff(session: Session, organisation_id: int) -> Select[int]:
    """Select the keys of the children of whom a guardian works at an organisation, as far as known."""
    name = session.scalars(
        select(Organisation.name).where(Organisation.id == organisation_id)
    ).one()
    return select(Kin.child_id).where(*IS_KNOWN, Kin.workplace_index == index(name))


def works_at(session: Session, child_id: int, organisation_id: int) -> bool:
    """Say whether a guardian of the child works at an organisation, as far as the record says."""
    theirs = of_staff(session, organisation_id).where(Kin.child_id == child_id)
    return session.scalar(theirs.limit(1)) is not None
