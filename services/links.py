"""Private links: a bearer token whose hash alone is kept, bound to one purpose and one subject."""

import hmac
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from models import keys
from models.children import Child
from models.notices import AccessLink
from models.pledges import Match
from models.stipends import Batch, Stipend
from models.vault import Donor, VaultPledge
from privacy import viewers
from privacy.viewers import Viewer
from vocabulary.enums import LinkPurpose, Role
from vocabulary.errors import LinkExpired
from vocabulary.refs import new_code, new_token, token_hash

DAYS = {
    LinkPurpose.DONOR_HOME: 400,
    LinkPurpose.CLASS_LIST: 14,
    LinkPurpose.SLIP: 400,
    LinkPurpose.FIRST_PASSWORD: 7,
    LinkPurpose.REVEAL: 400,
    LinkPurpose.LETTERS: 400,
}
CODE_TRIES = 5
CODE_LIVES = timedelta(minutes=10)
_MARK = 16  # so much of a token's hash names a link in the record, and opens nothing


@dataclass(frozen=True, slots=True)
class Subject:
    """What a link opens; exactly the keys that its purpose needs."""

    donor_id: int | None = None
    pledge_id: int | None = None
    account_id: int | None = None
    batch_id: int | None = None
    class_grade: int | None = None
    class_name: str | None = None
    stipend_id: int | None = None
    reveal_id: int | None = None
    kin_id: int | None = None


def make(
    session: Session, by: Viewer, purpose: LinkPurpose, subject: Subject, *, now: datetime
) -> str:
    """Make a link and return its token, which is kept nowhere."""
    token = new_token(purpose.value)
    session.add(
        AccessLink(
            token_hash=token_hash(token),
            purpose=purpose,
            donor_id=subject.donor_id,
            pledge_id=subject.pledge_id,
            account_id=subject.account_id,
            batch_id=subject.batch_id,
            class_grade=subject.class_grade,
            class_name=subject.class_name,
            stipend_id=subject.stipend_id,
            reveal_id=subject.reveal_id,
            kin_id=subject.kin_id,
            made_by=by.actor,
            created_at=now,
            expires_at=now + timedelta(days=DAYS[purpose]),
        )
    )
    session.flush()
    return token


def find(session: Session, token: str, purpose: LinkPurpose, *, now: datetime) -> AccessLink:
    """Return the live link of a token, for services. Raises LinkExpired for all else, alike."""
    link = session.scalar(
        select(AccessLink).where(
            AccessLink.token_hash == token_hash(token),
            AccessLink.purpose == purpose,
            AccessLink.expires_at > now,
            AccessLink.revoked_at.is_(None),
        )
    )
    if link is None:
        raise LinkExpired()
    return link


# Built once: every page of every donor begins with it.
_DONOR_BEHIND = (
    select(Donor.id, Donor.ref, AccessLink.pledge_id)
    .select_from(AccessLink)
    .outerjoin(VaultPledge, VaultPledge.pledge_id == AccessLink.pledge_id)
    .join(Donor, Donor.id == func.coalesce(AccessLink.donor_id, VaultPledge.donor_id))
    .where(
        AccessLink.token_hash == bindparam("hash"),
        AccessLink.purpose == LinkPurpose.DONOR_HOME,
        AccessLink.expires_at > bindparam("now"),
        AccessLink.revoked_at.is_(None),
    )
)


def open_donor(session: Session, token: str, *, now: datetime) -> Viewer:
    """Return the donor behind his private link. Raises LinkExpired.

    A link made on the form's own phone names no donor but one pledge, and opens that one alone.
    """
    given = {"hash": token_hash(token), "now": now}
    found = session.connection().execute(_DONOR_BEHIND, given).one_or_none()
    if found is None:
        raise LinkExpired()
    donor_id, ref, pledge_id = found
    return Viewer(
        frozenset({Role.DONOR}), actor=f"donor:{ref}", donor_id=donor_id, pledge_id=pledge_id
    )


def open_slip(session: Session, token: str, *, now: datetime) -> Viewer:
    """Return the family behind a slip's code, bound to that one instalment. Raises LinkExpired."""
    link = find(session, token, LinkPurpose.SLIP, now=now)
    child_id, child_ref, school_id = session.execute(
        select(Child.id, Child.ref, Child.school_id)
        .join(Match, Match.child_id == Child.id)
        .join(Stipend, Stipend.match_id == Match.id)
        .where(Stipend.id == link.stipend_id)
    ).one()
    return Viewer(
        frozenset({Role.FAMILY}),
        actor=f"family:{child_ref}",
        child_id=child_id,
        stipend_id=link.stipend_id,
        organisation_id=school_id,
    )


def open_class(session: Session, token: str, *, now: datetime) -> Viewer:
    """Return the class teacher behind what her device keeps: the token and its own secret.

    Raises LinkExpired, for another device as well.
    """
    token, _, device = token.partition(":")
    link = find(session, token, LinkPurpose.CLASS_LIST, now=now)
    if not device or link.device_hash != token_hash(device):
        raise LinkExpired()
    return class_viewer(session, link)


def class_viewer(session: Session, link: AccessLink) -> Viewer:
    """Return the class teacher that a class list's link stands for."""
    batch = session.get_one(Batch, link.batch_id)
    return Viewer(
        frozenset({Role.CLASS_TEACHER}),
        actor=f"class:{batch.ref}",
        organisation_id=batch.organisation_id,
        class_grade=link.class_grade,
        class_name=link.class_name,
        batch_id=batch.id,
        behind=link.token_hash[:_MARK],
    )


def needs_code(link: AccessLink) -> bool:
    """Say whether a link opens only with six digits from another person than its maker."""
    return link.made_by != viewers.console().actor


def give_code(link: AccessLink, *, now: datetime) -> str:
    """Give a link six digits for the next ten minutes; earlier ones open nothing any more."""
    code = new_code("link_code")
    link.code_hash, link.code_until = _code_hash(link, code), now + CODE_LIVES
    return code


def fits_code(link: AccessLink, typed: str, *, now: datetime) -> bool:
    """Say whether digits open a link; after CODE_TRIES wrong ones it is dead, fresh digits or not.

    The caller commits either way, so that wrong ones are counted; where no digits live, none counts.
    """
    if link.code_hash is None or link.code_until is None or link.code_until <= now:
        return False
    plain = "".join(c for c in unicodedata.normalize("NFKC", typed) if c.isalnum())
    if hmac.compare_digest(link.code_hash, _code_hash(link, plain)):
        return True
    link.wrong_codes += 1
    link.revoked_at = now if link.wrong_codes >= CODE_TRIES else None
    return False


def _code_hash(link: AccessLink, code: str) -> str:
    """Return what is kept of six digits: under a key, for a million tries are soon done."""
    return keys.blind_index("access_links.code_hash", f"{link.token_hash}:{code}")


def check_unbound(session: Session, token: str, *, now: datetime) -> None:
    """Raise LinkExpired unless a class list's link is live and waits for its first device."""
    if find(session, token, LinkPurpose.CLASS_LIST, now=now).device_hash is not None:
        raise LinkExpired()


def bind_device(session: Session, token: str, code: str, *, now: datetime) -> str | None:
    """Bind a class list to the first device that knows its code; return what the device keeps.

    None for a wrong code; after CODE_TRIES of them the link is dead. The caller commits either
    way, so that wrong codes are counted. Raises LinkExpired for every later device.
    """
    link = find(session, token, LinkPurpose.CLASS_LIST, now=now)
    if link.device_hash is not None:
        raise LinkExpired()
    if not fits_code(link, code, now=now):
        return None
    device = new_token("device")
    link.device_hash = token_hash(device)
    return f"{token}:{device}"


def revoke_donor(session: Session, donor_id: int, *, now: datetime) -> None:
    """End every link to a donor's page, those to one of his pledges too."""
    own = select(VaultPledge.pledge_id).where(VaultPledge.donor_id == donor_id)
    session.execute(
        update(AccessLink)
        .where(
            AccessLink.purpose == LinkPurpose.DONOR_HOME,
            or_(AccessLink.donor_id == donor_id, AccessLink.pledge_id.in_(own)),
            AccessLink.revoked_at.is_(None),
        )
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )


def revoke_class(session: Session, subject: Subject, *, now: datetime) -> None:
    """End every earlier link to the same class of the same batch."""
    session.execute(
        update(AccessLink)
        .where(
            AccessLink.purpose == LinkPurpose.CLASS_LIST,
            AccessLink.batch_id == subject.batch_id,
            AccessLink.class_grade.is_not_distinct_from(subject.class_grade),
            AccessLink.class_name.is_not_distinct_from(subject.class_name),
            AccessLink.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
