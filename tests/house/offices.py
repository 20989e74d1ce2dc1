"""What the desks of the town have: receipts, roles asked for, reports, messages, requests."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from models.children import Child
from models.harm import HarmAccused, HarmReport
from models.notices import Notice
from models.online_payments import ProviderPayout
from privacy.viewers import Viewer
from services import links
from services.accounts import grants, passwords
from services.accounts.grants import Term
from services.batches import line_ties
from services.books import receipt_moves, receipts, unclaimed
from services.books.receipts import BankLine
from services.books.unclaimed import Asked
from services.notices import notices
from services.notices.notices import Recipient
from services.statements import statement_desk, statement_reading
from tests.factories import (
    BANNER,
    OTHER_BANNER,
    a_child,
    a_match,
    a_pledge,
    a_sent_batch,
    an_account,
)
from tests.house.places import OTHER_TOWN, SENT, VILLAGE, Places, Town, who_is
from vocabulary.dates import add_months, today
from vocabulary.enums import (
    Called,
    Complained,
    NoticeKind,
    PaymentProvider,
    RecipientKind,
    Role,
    TieKind,
    UnclaimedWay,
)
from vocabulary.money import Fen
from vocabulary.refs import stipend_ref


def _payout(session: Session) -> str:
    """What a payment provider paid out, and nobody has explained yet."""
    said = {"key": "N9", "amount_fen": Fen(100), "on": SENT}
    payout = ProviderPayout(provider=PaymentProvider.WECHAT, **said)
    session.add(payout)
    session.flush()
    return payout.ref


def _unclaimed(session: Session, desk: Viewer, now: datetime) -> str:
    """What waited a year for its payer and went to the gap fund by two people."""
    line = BankLine("AX999998", Fen(300), add_months(today(now), -13), line="8")
    old = receipts.record(session, desk, line, now=now)["ref"]
    asked = Asked(UnclaimedWay.TO_FUND, "问过开户行，查不到")
    ref = unclaimed.ask(session, desk, old, asked, now=now)
    unclaimed.agree(session, replace(desk, actor="account:second"), ref, now=now)
    return ref


def _moves_and_ties(session: Session, town: Town, desk: Viewer, now: datetime) -> None:
    """Money booked to a wrong reference, and a credit that is no gift: each asked by one person."""
    (_, wrong), (_, right) = a_pledge(session, "13900000301"), a_pledge(session, "13900000302")
    booked = receipts.record(session, desk, BankLine(wrong, Fen(500), SENT, line="10"), now=now)
    said = "付款人来电，抄错了"
    move = receipt_moves.ask(session, desk, booked["ref"], right, words=said, now=now)
    town.give("receipt_move", "collecting_desk", move)
    strange = receipts.record(session, desk, BankLine("退回", Fen(700), SENT, line="11"), now=now)
    tie = line_ties.ask(session, desk, strange["ref"], TieKind.BOUNCED, words=said, now=now)
    town.give("line_tie", "paying_desk", tie)


def offices(session: Session, town: Town, here: Places, now: datetime) -> None:
    """What the desks have: receipts, accounts with a role asked for, reports, messages."""
    desk = who_is(session, town, "collecting_desk", now)
    line = BankLine("AX999999", Fen(10_000), SENT, line="7")
    town.give("receipt", "collecting_desk", receipts.record(session, desk, line, now=now)["ref"])
    _moves_and_ties(session, town, desk, now)
    town.give("payout", "collecting_desk", _payout(session))
    town.give("unclaimed", "collecting_desk", _unclaimed(session, desk, now))
    table = "交易日期,借方发生额,贷方发生额,对方户名,摘要\n20261103,,100.00,佟掌柜,助学\n".encode()
    read = statement_reading.judged(session, desk, "流水.csv", table)
    statement = statement_desk.keep(session, desk, "流水.csv", read, now=now)
    town.give("statement", "collecting_desk", statement)
    clerk, next_clerk = (
        an_account(session, login=f"{town.apart.logins}{one}") for one in ("clerk", "clerk2")
    )
    by = who_is(session, town, "administrator", now)
    asked, other = (
        grants.ask(session, by, one.ref, Role.STATISTICS, term=Term(), now=now)
        for one in (clerk, next_clerk)
    )
    town.give("account", "administrator", clerk.ref)
    town.give("grant", "administrator", f"{clerk.ref} {asked}", f"{clerk.ref} {other}")
    town.give("password_token", "public", passwords.invite(session, by, clerk.id, now=now))
    _reports(session, town, here, now)
    _handed_over_by_staff(session, town)
    for who in town.sessions:
        one = _message(session, town.sessions[who][0], now)
        town.give("notice", who, one)
    for who in town.sessions:
        town.others[who, "notice"] = [
            town.own["volunteer" if who != "volunteer" else "auditor", "notice"]
        ]


def _reports(session: Session, town: Town, here: Places, now: datetime) -> None:
    """A worry of each hand about her own child; staff of the banner see those of the banner.

    Written straight down: the button itself would take the child off every list that is walked here.
    One more is about a case worker of the banner, who must not find it.
    """

    def told(child: Child, by: str) -> HarmReport:
        report = HarmReport(
            child_id=child.id, called=Called.POLICE, reported_by=by, reported_at=now
        )
        session.add(report)
        session.flush()
        return report

    by = {
        who: who_is(session, town, who, now).actor for who in ("school_officer", "village_director")
    }
    by["class_teacher"] = links.open_class(session, town.links["class_teacher"], now=now).actor
    near = {"village_director": here.small}
    own = {who: told(near.get(who, here.child), actor).ref for who, actor in by.items()}
    far = told(here.stranger, "account:x").ref
    for who, ref in own.items():
        town.give("harm", who, ref, *(r for w, r in own.items() if w != who), far)
    town.give("harm", "case_worker approver", own["school_officer"], far)
    round_him = told(here.small_next, "account:x")
    accused = who_is(session, town, "case_deputy", now).actor
    named = {"actor": accused, "named_by": "account:x", "named_at": now}
    session.add(HarmAccused(report_id=round_him.id, whom=Complained.OFFICE, **named))
    town.give("harm", "case_deputy", own["school_officer"], far, round_him.ref)


def _handed_over_by_staff(session: Session, town: Town) -> None:
    """A child in danger in each of two banners, whose money the banner's own staff hand over."""
    lines = []
    for n, (banner, place) in enumerate(((BANNER, VILLAGE), (OTHER_BANNER, OTHER_TOWN))):
        child = a_child(
            session, None, name="托娅", region_code=place, banner_code=banner, in_danger=True
        )
        match = a_match(session, a_pledge(session, f"1380000008{n}")[0], child)
        a_sent_batch(session, None, match, on=SENT, region_code=banner)
        lines.append(stipend_ref(match.child_ref, SENT))
    town.give("office_line", "case_worker approver case_deputy", *lines)


def _message(session: Session, account_id: int, now: datetime) -> str:
    to = Recipient(RecipientKind.ACCOUNT, account_id)
    notices.queue(session, to, NoticeKind.JOB_ALARM, "job:backup", now=now)
    return (
        session.query(Notice.ref)
        .filter_by(recipient_id=account_id, kind=NoticeKind.JOB_ALARM)
        .scalar()
    )
