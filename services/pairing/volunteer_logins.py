"""The login by which a 爱心妈妈 sees her own record, and with it her children.

Nobody joins the two alone, the first one neither: whoever held both would be the woman whom others
check and pair. A login opens nothing before a second of the staff has agreed, and neither of them
gives it to himself; one in the place of another is told there, and that one stays known
(services/danger/protection.py).
"""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.accounts import Account
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
from vocabulary.enums import NoticeKind, RecipientKind, Role
from vocabulary.errors import ActedBefore, AlreadyDecided, BadInput, NotFound

REASON_LENGTH = 200


def give(session: Session, by: Viewer, ref: str, login: str, *, now: datetime) -> bool:
    """Ask for a login to open a volunteer's record; return whether it is the one that does already.

    A later one takes the place of one that waits. Raises BadInput for a login that no volunteer here
    has, or that leads to another's record; ActedBefore for one's own.
    """
    require(by, Act.CLEAR_VOLUNTEER)
    volunteer = gate.row(session, by, Volunteer, Volunteer.ref == ref)
    account_id = _account(session, by, volunteer, login, now=now)
    _check_not_own(by, account_id)
    session.execute(
        delete(VolunteerLogin).where(
            VolunteerLogin.volunteer_id == volunteer.id, VolunteerLogin.waits
        )
    )
    if volunteer.account_id == account_id:
        return True
    row = VolunteerLogin(volunteer_id=volunteer.id, account_id=account_id, waits=True)
    row.given_by, row.given_on = by.actor, today(now)
    session.add(row)
    session.flush()
    trace.record(session, by, "volunteer.ask_login", f"volunteer:{ref}", now=now)
    return False


def agree(session: Session, by: Viewer, ref: str, *, login: str, now: datetime) -> None:
    """Let the login that waits hold, as its second person; the one before hears of it.

    `login` is the one that he looked at: who asked may have put another in its place meanwhile.
    Raises ActedBefore for whoever asked and whose it is, NotFound when none waits, AlreadyDecided
    when another does, BadInput once it is another's.
    """
    volunteer, row = _to_decide(session, by, ref)
    if row.given_by == by.actor:
        raise ActedBefore()
    _check_not_own(by, row.account_id)
    if session.get_one(Account, row.account_id).login != login:
        raise AlreadyDecided()
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


def turn_down(session: Session, by: Viewer, ref: str, because: str, *, now: datetime) -> None:
    """Let the login that waits open nothing, with a reason; who asked may take it back so as well.

    Raises BadInput without a reason, NotFound when none waits.
    """
    volunteer, row = _to_decide(session, by, ref)
    if not 0 < len(because.strip()) <= REASON_LENGTH:
        raise BadInput(field="because", reason="missing")
    row.waits, row.because = False, because.strip()
    row.turned_down_by, row.turned_down_on = by.actor, today(now)
    session.flush()
    trace.record(session, by, "volunteer.refuse_login", f"volunteer:{volunteer.ref}", now=now)


def refused(session: Session, viewer: Viewer, ref: str) -> Card | None:
    """Return the last login asked for, when it was turned down: by whom, when and why; else None."""
    require(viewer, Act.CLEAR_VOLUNTEER)
    volunteer = gate.row(session, viewer, Volunteer, Volunteer.ref == ref)
    own = VolunteerLogin.volunteer_id == volunteer.id
    row = session.scalars(
        select(VolunteerLogin).where(own).order_by(VolunteerLogin.id.desc())
    ).first()
    if row is None or row.turned_down_by is None:
        return None
    return Card(
        login=session.get_one(Account, row.account_id).login,
        by=child_file.name_of(session, viewer, row.turned_down_by),
        on=row.turned_down_on,
        because=row.because,
    )


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


def _to_decide(session: Session, by: Viewer, ref: str) -> tuple[Volunteer, VolunteerLogin]:
    require(by, Act.CLEAR_VOLUNTEER)
    volunteer = gate.row(session, by, Volunteer, Volunteer.ref == ref)
    row = _waiting(session, volunteer.id)
    if row is None:
        raise NotFound()
    return volunteer, row


def _check_not_own(by: Viewer, account_id: int) -> None:
    """A volunteer who works here gives herself nothing."""
    if by.account_id == account_id:
        raise ActedBefore()


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
