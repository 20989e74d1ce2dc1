"""The last days of the demo world: what waits on every desk for the one who looks around."""

from datetime import date, timedelta
from functools import partial

from cli.demo import cast, post
from cli.demo.cast import PLACES
from cli.demo.stage import Stage, deliver, run_job
from jobs import matching, publishing
from jobs.stipends import open_and_fund
from services import (
    account_lists,
    amendments,
    child_search,
    grants,
    matches,
    organisations,
    proposing,
    receipts,
)
from services.account_lists import Listed
from services.receipts import BankLine
from vocabulary import clock
from vocabulary.enums import DeclineReason, Role
from vocabulary.money import Fen

HOME = PLACES[0]
"""The banner whose logins the table prints."""
DEPUTY_DAYS = 21


def play(stage: Stage, night: date) -> None:
    """Leave something on every desk, then run the night's jobs and let one pair be turned down."""
    before = stage.today - timedelta(days=2)
    for act in (_unclear_money, _ask_for_changes, _propose_by_hand, _ask_for_a_deputy):
        stage.scene(before, partial(act, stage), hour=15)
    for name, body in (
        ("figures", publishing.publish),
        ("listings", publishing.freeze_list),
        ("stipends", open_and_fund),
        ("matching", matching.propose),
    ):
        run_job(stage, name, body, night)
    deliver(stage, night, 7)
    stage.scene(night, partial(_turn_one_down, stage), hour=7)
    post.play(stage)


def _unclear_money(stage: Stage) -> None:
    """Book a payment whose remark names no reference."""
    payer = cast.person_name(stage.dice)
    line = BankLine("爱心助学", Fen(20_000), clock.now().date(), payer_name=payer)
    receipts.record(stage.session, stage.who("shoukuan"), line, now=clock.now())


def _ask_for_changes(stage: Stage) -> None:
    """Ask for a child's name and a school's account to be changed; a second person is to look."""
    session, by, now = stage.session, stage.who(f"jingban2.{HOME.key}"), clock.now()
    child = child_search.listing(session, by, code=HOME.code, show="supported", page=1)[0]
    amendments.ask_identity(
        session,
        by,
        child["ref"],
        name=f"{child['name'][:-1]}{stage.dice.choice('宇羽语')}",
        number="",
        reason="户口本上是另一个字，录入时写错了。",
        now=now,
    )
    school = organisations.listing(session, by, code=HOME.code, limit=1, offset=0)[0]
    amendments.ask_account(
        session,
        by,
        school["ref"],
        name=school["account_name"],
        bank="演示农村商业银行",
        number="6217 0000 0000 2026",
        reason="学校换了开户行，有盖章的通知。",
        now=now,
    )


def _propose_by_hand(stage: Stage) -> None:
    """Let a case worker propose the first pair that fits."""
    session, by, now = stage.session, stage.who(f"jingban2.{HOME.key}"), clock.now()
    for child in child_search.listing(session, by, code=HOME.code, show="open", page=1):
        for need in proposing.choices(session, by, child["ref"], now=now):
            for pledge in need["pledges"]:
                proposing.propose_pair(
                    session,
                    by,
                    pledge_code=pledge["code"],
                    child_ref=child["ref"],
                    need_ref=need["ref"],
                    note="家里两个孩子，老大已经有人帮，盼着弟弟妹妹也早一点。",
                    now=now,
                )
                return


def _ask_for_a_deputy(stage: Stage) -> None:
    """Let one administrator ask for a deputy's role, for the other to agree."""
    by, now = stage.who("admin2"), clock.now()
    people = account_lists.listing(stage.session, by, Listed.OPEN, page=1, now=now)
    deputy = next(card for card in people if card["login"] == f"jingban2.{HOME.key}")
    term = grants.Term(stage.today, stage.today + timedelta(days=DEPUTY_DAYS))
    grants.ask(stage.session, by, deputy["ref"], Role.APPROVER, term=term, now=now)


def _turn_one_down(stage: Stage) -> None:
    """Let the approver say no to the engine's last pair, so that it can be lifted."""
    by = stage.who(f"shenpi.{HOME.key}")
    found = matches.queue(stage.session, by)
    last = [card["child_ref"] for card in found if card["proposed_by"] == proposing.ENGINE][-1]
    reason = DeclineReason.PAPERS_TO_CHECK
    matches.decline(stage.session, by, last, reason=reason, note=None, now=clock.now())
