"""A story's money: offered, paid in, paid out on its due days, brought to an end."""

from collections.abc import Sequence
from datetime import date

from cli.replay import cast
from cli.replay.player import Player, Running
from jobs.run import Run
from jobs.stipends import open_and_fund
from services.batches import batches
from services.books import receipts
from services.books.receipts import BankLine
from services.handover import answers, handovers
from services.handover.answers import Reply
from services.handover.handovers import Word
from services.pledges import pledges
from services.pledges.pledges import PledgeTerms
from services.stories import agreements, stories
from services.stories.agreements import Terms
from vocabulary import amounts, clock
from vocabulary.dates import at, today
from vocabulary.enums import Answer
from vocabulary.money import Fen


def pledge(player: Player, child: str, terms: Terms, donor: str) -> Running:
    """Let a donor offer a pledge in the ordinary form; an older sum is kept as it was agreed."""
    least, most = amounts.bounds()
    asked = PledgeTerms(
        instalment_fen=Fen(min(max(terms.instalment, least), most)),
        rhythm=terms.rhythm,
        not_relative=True,
    )
    contact = f"1390001{player.story.donors.index(donor):04d}"
    made = pledges.offer(player.session, asked, contact, now=clock.now())
    code = agreements.settle_terms(player.session, cast.ENTERER, made.ref, terms, now=clock.now())
    day = _day()
    pledge = Running(child, donor, made.ref, made.reference, code, terms, starts_on=day)
    player.running.append(pledge)
    return pledge


def receive(player: Player, came: Sequence[tuple[Running, Fen]]) -> None:
    """Book money under its pledge's reference; the first confirms it, and it is paired."""
    lines = [BankLine(pledge.reference, amount, _day()) for pledge, amount in came]
    receipts.record_all(player.session, cast.COLLECTING, lines, now=clock.now())
    for pledge, _ in came:
        if pledge.match_ref is None:
            pledge.match_ref = agreements.pair(
                player.session,
                cast.ENTERER,
                cast.APPROVER,
                pledge_ref=pledge.ref,
                child_ref=player.children[pledge.child],
                now=clock.now(),
            )


def end(player: Player, pledge: Running, why: str) -> None:
    """End a pledge today; a due day of today is not covered any more."""
    agreements.end_pledge(player.session, cast.APPROVER, pledge.ref, why=why, now=clock.now())
    pledge.ends_on = _day()


def due_day(player: Player, day: date) -> None:
    """Let what is due come in, be opened, sent, handed over and confirmed."""
    player.on(day, lambda: _receive_all(player, day))
    with clock.moved_to(at(day)):
        player.session.rollback()
        Run(player.session, "stipends", period=day).execute(open_and_fund)
    player.on(day, lambda: _pay_out(player))


def _receive_all(player: Player, day: date) -> None:
    due = [pledge for pledge in player.running if pledge.is_due(day)]
    receive(player, [(pledge, pledge.terms.instalment) for pledge in due])


def _pay_out(player: Player) -> None:
    """Send every batch; its school hands over and says so, each family says that it came."""
    now = clock.now()
    cards = batches.to_send(player.session, cast.PAYING)
    batches.send_all(player.session, cast.PAYING, [card["ref"] for card in cards], now=now)
    words = [Word(player.officers[card["hand"]["ref"]], card["ref"]) for card in cards]
    handovers.confirm_each(player.session, words, now=now)
    refs = [word.batch_ref for word in words]
    families = stories.families_of(player.session, cast.ENTERER, refs)
    answers.answer_all(player.session, families, Reply(Answer.RECEIVED), now=now)


def _day() -> date:
    return today(clock.now())
