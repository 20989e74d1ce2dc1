"""The login by which a 爱心妈妈 sees her own record, and with it her children.

The first one, before anybody is hers, one of the staff joins alone. One in the place of another, or
for a record that children stand behind, opens nothing before a second has agreed; the login that
was there is told, and stays known (services/danger/protection.py).
"""

from datetime import datetime

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.care import CareMatch
from models.letters import LetterFriend
from models.volunteers import Volunteer, VolunteerLogin
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.accounts import accounts
from services.children import child_file
from services.gate import Card
from services.notices import notices
from services.notices.notices import Recipient
from vocabulary.dates import today
from vocabulary.enums import CareStatus, NoticeKind, RecipientKind, Role
from vocabulary.errors import ActedBefore, BadInput, NotFound

_OVER = (CareStatus.DECLINED, CareStatus.LAPSED, CareStatus.ENDED)


def give(session: Session, by: Viewer, ref: str, login: str, *, now: datetime) -> bool:
    """Join a volunteer's record with a login, or let it wait for a second person; say whether it holds.

    A later one takes the place of one that waits. Raises BadInput for a login that no volunteer here
    has, or that leads to another's record.
    """
    require(by, Act.CLEAR_VOLUNTEER)
    volunteer = gate.row(session, by, Volunteer, Volunteer.ref == ref)
    account_id = _account(session, by, volunteer, login, now=now)
    session.execute(
        delete(VolunteerLogin).where(
            VolunteerLogin.volunteer_id == volunteer.id, VolunteerLogin.waits
        )
    )
    if volunteer.account_id == account_id:
        return True
    waits = volunteer.account_id is not None or _has_children(session, volunteer)
    row = VolunteerLogin(volunteer_id=volunteer.id, account_id=account_id, waits=waits)
    row.given_by, row.given_on = by.actor, today(now)
    session.add(row)
    if not waits:
        volunteer.account_id = account_id
    session.flush()
    act = "volunteer.ask_login" if waits else "volunteer.login"
    trace.record(session, by, act, f"volunteer:{ref}", now=now)
    return not waits


def agree(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Let the login that waits hold, as its second person; the one before hears of it.

    Raises ActedBefore for whoever asked, NotFound when none waits, BadInput once it is another's.
    """
    require(by, Act.CLEAR_VOLUNTEER)
    volunteer = gate.row(session, by, Volunteer, Volunteer.ref == ref)
    row = _waiting(session, volunteer.id)
    if row is None:
        raise NotFound()
    if row.given_by == by.actor:
        raise ActedBefore()
    login = session.get_one(Account, row.account_id).login
    before, volunteer.account_id = (
        volunteer.account_id,
        _account(session, by, volunteer, login, now=now),
    )
    row.waits, row.agreed_by, row.agreed_on = False, by.actor, today(now)
    session.flush()
    if before is not None:
        _keep_known(session, volunteer.id, before, by, now=now)
        to = Recipient(RecipientKind.ACCOUNT, before)
        notices.queue(session, to, NoticeKind.LOGIN_REPLACED, f"volunteer:{ref}", now=now)
    trace.record(session, by, "volunteer.login", f"volunteer:{ref}", now=now)


def standing(session: Session, viewer: Viewer, ref: str) -> Card | None:
    """Return the login that waits for a second person, and whether the viewer may be that; or None."""
    require(viewer, Act.CLEAR_VOLUNTEER)
    volunteer = gate.row(session, viewer, Volunteer, Volunteer.ref == ref)
    row = _waiting(session, volunteer.id)
    if row is None:
        return None
    return Card(
        {
            "login": session.get_one(Account, row.account_id).login,
            "given_by": child_file.name_of(session, viewer, row.given_by),
            "given_on": row.given_on,
            "is_mine": row.given_by == viewer.actor,
        }
    )


def notice_facts(_session: Session, _viewer: Viewer, _ref: str, _now: datetime) -> dict[str, str]:
    """Tell whoever held a login before nothing but that: she may see the record no more."""
    return {}


def _waiting(session: Session, volunteer_id: int) -> VolunteerLogin | None:
    own = (VolunteerLogin.volunteer_id == volunteer_id, VolunteerLogin.waits)
    return session.scalar(select(VolunteerLogin).where(*own))


def _keep_known(
    session: Session, volunteer_id: int, account_id: int, by: Viewer, *, now: datetime
) -> None:
    """Keep a login that came with an imported record, and has no row of its own yet."""
    own = (VolunteerLogin.volunteer_id == volunteer_id, VolunteerLogin.account_id == account_id)
    if session.scalar(select(VolunteerLogin.id).where(*own).limit(1)) is None:
        row = VolunteerLogin(volunteer_id=volunteer_id, account_id=account_id, waits=False)
        row.given_by, row.given_on = by.actor, today(now)
        session.add(row)
        session.flush()


def _has_children(session: Session, volunteer: Volunteer) -> bool:
    cares = exists().where(CareMatch.volunteer_id == volunteer.id, CareMatch.status.not_in(_OVER))
    writes = exists().where(
        LetterFriend.volunteer_id == volunteer.id, LetterFriend.ended_on.is_(None)
    )
    return bool(session.scalar(select(or_(cares, writes))))


def _account(
    session: Session, by: Viewer, volunteer: Volunteer, login: str, *, now: datetime
) -> int:
    try:
        account = gate.row(session, by, Account, Account.login == login.strip())
    except NotFound:
        raise BadInput(field="login", reason="unknown") from None
    if Role.VOLUNTEER not in accounts.roles_on(session, account.id, today(now)):
        raise BadInput(field="login", reason="unknown")
    others = select(Volunteer.id).where(
        Volunteer.account_id == account.id, Volunteer.id != volunteer.id
    )
    if session.scalar(others) is not None:
        raise BadInput(field="login", reason="taken")
    return account.id
