"""The last days of the demo world: what waits on every desk for the one who looks around."""

from datetime import date, timedelta
from functools import partial

from cli.demo import caring, cast, looking, online, post
from cli.demo.cast import PLACES
from cli.demo.stage import Stage, deliver, run_job
from jobs import matching, publishing
from jobs.stipends import open_and_fund
from privacy.viewers import Viewer
from services import organisations
from services.accounts import account_lists, grants
from services.accounts.account_lists import Listed
from services.books import receipts
from services.books.receipts import BankLine
from services.children import amendments, child_search
from services.donors import donors
from services.earmarks import redirecting, surgeries
from services.giving import gifts, members
from services.notices import inbox
from services.pairing import matches, proposing
from services.pairing.gathered import ENGINE
from services.vault import vault
from vocabulary import clock
from vocabulary.enums import (
    DeclineReason,
    EarmarkKind,
    GiftOccasion,
    GiverKind,
    RedirectReason,
    Role,
)
from vocabulary.money import Fen

HOME = PLACES[0]
"""The banner whose logins the table prints."""
DEPUTY_DAYS = 21


def play(stage: Stage, night: date) -> None:
    """Leave something on every desk, then run the night's jobs and let one pair be turned down."""
    before = stage.today - timedelta(days=2)
    stage.scene(stage.today - timedelta(days=1), partial(_read_messages, stage), hour=8)
    acts = (
        *(_unclear_money, _ask_for_changes, _propose_by_hand, _ask_for_a_deputy, _ask_a_giver),
        _add_a_gift,
        _give_together,
        _ask_for_a_surgery,
    )
    for act in acts:
        stage.scene(before, partial(act, stage), hour=15)
    online.play(stage)
    caring.play(stage)
    for name, body in (
        ("figures", publishing.publish),
        ("listings", publishing.freeze_list),
        ("stipends", open_and_fund),
        ("matching", matching.propose),
    ):
        run_job(stage, name, body, night)
    looking.at_drafts(stage, night, hour=6)
    deliver(stage, night, 7)
    stage.scene(night, partial(_turn_one_down, stage), hour=7)
    post.play(stage)


def _read_messages(stage: Stage) -> None:
    """Let everybody who is visited have read what had come by then."""
    donor_id = vault.find_donor_by_contact(stage.session, cast.VISITED_DONOR)
    donor = Viewer(frozenset({Role.DONOR}), actor="donor", donor_id=donor_id)
    for by in (donor, *(stage.who(one.login) for one in cast.logins())):
        inbox.mark_all_read(stage.session, by, now=clock.now())


def _unclear_money(stage: Stage) -> None:
    """Book a payment whose remark names no reference."""
    payer = cast.person_name(stage.dice)
    line = BankLine("爱心助学", Fen(20_000), clock.now().date(), payer_name=payer)
    receipts.record(stage.session, stage.who("shoukuan"), line, now=clock.now())


def _add_a_gift(stage: Stage) -> None:
    """Let the donor whose page a visitor opens add a gift, not yet due, for a child of his."""
    session, now = stage.session, clock.now()
    donor_id = vault.find_donor_by_contact(session, cast.VISITED_DONOR)
    if donor_id is None:
        return
    me = Viewer(frozenset({Role.DONOR}), actor="donor", donor_id=donor_id)
    children = [
        one for card in donors.home(session, me, now=now).pledges for one in card["supports"]
    ]
    child = next((one for one in children if one.is_active), None)
    if child is not None:
        occasion = GiftOccasion.NEW_YEAR
        gifts.ask(session, me, child.ref, amount=Fen(20_000), occasion=occasion, now=now)


def _give_together(stage: Stage) -> None:
    """Let the visited donor's eldest pledge be a group's, with a list from its beginning."""
    session, now = stage.session, clock.now()
    donor_id = vault.find_donor_by_contact(session, cast.VISITED_DONOR)
    if donor_id is None:
        return
    me = Viewer(frozenset({Role.DONOR}), actor="donor", donor_id=donor_id)
    pledge = min(donors.home(session, me, now=now).pledges, key=lambda card: card["offered_on"])
    ref, first = pledge["donor_ref"], pledge["offered_on"]
    members.name(session, me, ref, GiverKind.GROUP, "演示小学三年级教研组", now=now)
    names = [cast.person_name(stage.dice) for _ in range(3)]
    shares = zip(names, ("50", "30", "20"), strict=True)
    said = members.read("\n".join(f"{name} {yuan}" for name, yuan in shares))
    members.join(session, me, ref, said, from_on=first, now=now)


def _ask_for_a_surgery(stage: Stage) -> None:
    """Ask for a sum for a child's surgery; an approver is to look."""
    session, by = stage.session, stage.who(f"jingban2.{HOME.key}")
    child = child_search.listing(session, by, code=HOME.code, show="supported", page=1)[-1]
    note = "旗医院诊断先天性斜视，建议年内手术，住院预交 3,000 元。"
    surgeries.ask(session, by, child["ref"], Fen(300_000), note, now=clock.now())


def _ask_a_giver(stage: Stage) -> None:
    """Ask who gave for surgery alone whether it may help other children."""
    approver, now = stage.who(f"shenpi.{HOME.key}"), clock.now()
    for one in redirecting.restricted(stage.session, approver, now=now):
        if one["kind"] is EarmarkKind.SURGERY:
            code, why = one["pledge"]["code"], RedirectReason.NOBODY_FITS
            redirecting.ask(stage.session, approver, code, reason=why, now=now)


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
    last = [card["child_ref"] for card in found if card["proposed_by"] == ENGINE][-1]
    reason = DeclineReason.PAPERS_TO_CHECK
    matches.decline(stage.session, by, last, reason=reason, note=None, now=clock.now())
