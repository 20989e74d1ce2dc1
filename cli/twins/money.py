"""What the twins' donors give beside their instalments, who pays on for them, and their papers."""

from cli.twins.meeting import match_of
from cli.twins.story import Story
from services.books import receipts
from services.books.receipts import BankLine
from services.earmarks import redirecting
from services.family_checks import desk
from services.giving import gifts, moving
from services.handover.answers import Reply
from services.papers import asking, certificates, statements
from services.pledges import pledges
from services.pledges.pledges import PledgeTerms
from vocabulary import clock
from vocabulary.dates import today
from vocabulary.enums import (
    Answer,
    EarmarkKind,
    GiftOccasion,
    ReceiptWay,
    RedirectReason,
    Rhythm,
)
from vocabulary.money import Fen

GIFT, ODD, HALF_A_YEAR = Fen(20_000), Fen(66_600), Fen(60_000)


def adds_gift(story: Story, name: str) -> None:
    """Let a donor add a gift for the child he supports."""
    me, ref, now = story.donor(name), match_of(story, name), clock.now()
    gifts.ask(story.session, me, ref, amount=GIFT, occasion=GiftOccasion.JUST, now=now)


def gives_to_fund(story: Story, name: str, earmark: EarmarkKind | None = None) -> None:
    """Let a donor give an odd sum to the gap fund, for one purpose alone if he says so."""
    terms = PledgeTerms(instalment_fen=ODD, rhythm=Rhythm.YEAR, not_relative=True, earmark=earmark)
    made = pledges.offer(story.session, terms, story.contacts[name], now=clock.now())
    story.offered[f"{name}'s fund"] = made
    payer = story.payers.get(name, "别人")
    line = BankLine(made.reference, ODD, today(clock.now()), payer_name=payer)
    receipts.record(story.session, story.who("collector"), line, now=clock.now())


def asks_givers(story: Story) -> None:
    """Let the approver ask everybody whose money is for one purpose whether it may help others."""
    by, now, why = story.who("approver"), clock.now(), RedirectReason.NOBODY_FITS
    for one in redirecting.restricted(story.session, by, now=now):
        redirecting.ask(story.session, by, one["pledge"]["code"], reason=why, now=now)


def says(story: Story, name: str, word: str) -> None:
    """Let a donor answer what he was asked about his restricted money."""
    me, now = story.donor(name), clock.now()
    for one in redirecting.questions(story.session, me, now=now):
        redirecting.answer(story.session, me, one["ref"], word, now=now)


def asks_payer(story: Story, name: str, other: str) -> None:
    """Let a donor ask somebody else to go on paying."""
    me, ref, contact = story.donor(name), story.offered[name].ref, story.contacts[other]
    story.asked[other] = moving.ask(story.session, me, ref, contact, now=clock.now())


def takes_over(story: Story, name: str) -> None:
    """Let whoever was asked say yes and pay for half a year."""
    me, now = story.donor(name), clock.now()
    ref = moving.accept(story.session, me, story.asked[name], now=now)
    card = pledges.how_to_pay(story.session, me, ref)
    line = BankLine(card["reference"], HALF_A_YEAR, today(now), payer_name="别人")
    receipts.record(story.session, story.who("collector"), line, now=now)


def gets_papers(story: Story, name: str, year: int) -> None:
    """Let a donor read his year, make its certificate, and want a receipt in a name of his own."""
    me, ref, now = story.donor(name), story.offered[name].ref, clock.now()
    statements.of_year(story.session, me, year, now=now)
    story.papers[name] = certificates.issue(story.session, me, ref, year, now=now)
    own = f"某某{story.payers.get(name, '')}"[: asking.NAME_LENGTH]
    asking.ask(story.session, me, ref, year, ReceiptWay.SEALED, name=own, now=now)


def papers(story: Story) -> dict[str, list[str]]:
    """Return what a stranger reads behind the certificates: the secret donor's and another's."""
    found = []
    for name, ref in story.papers.items():
        code = certificates.paper(story.session, story.donor(name), ref)["code"]
        found.append(f"/verify/{code}")
    story.session.commit()
    return {"paper_reader": found}


def families_are_called(story: Story) -> None:
    """Let the worker call the families that the dice drew and that have not answered."""
    by, now = story.who("worker"), clock.now()
    for one in desk.to_ask(story.session, by, now=now):
        desk.answer(story.session, by, one["ref"], Reply(Answer.RECEIVED), now=now)
