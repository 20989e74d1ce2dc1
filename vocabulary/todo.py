"""The first line of the donor's page: the one thing that needs him, or that nothing does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from vocabulary.enums import PledgeKind, PledgeStatus
from vocabulary.money import Fen

REMIND_DAYS = (3, 7, 14, 30)
NO_MONEY = Fen(0)


class Thing(StrEnum):
    """What may come first, the most pressing first."""

    PAY_FIRST = "pay_first"
    PAY_NOW = "pay_now"
    PAY_SOON = "pay_soon"
    BANK_CHECKS = "bank_checks"
    SEARCHING = "searching"
    PAUSED = "paused"
    NOTHING = "nothing"
    OVER = "over"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Todo:
    """A thing, and of which pledge, how much, by when."""

    thing: Thing
    pledge: str | None = None
    amount: Fen = NO_MONEY
    on: date | None = None
    is_for_child: bool = True
    ahead: int = 14
    # Of so many due days the money is not there: `on` is the first, `amount` what they lack together.
    days: int = 1


def first_thing(cards: Sequence[Mapping[str, Any]], *, on: date) -> Todo:
    """Return what stands in the first line; among equals the earliest day."""
    if not cards:
        return Todo(Thing.EMPTY)
    order = list(Thing)
    things = [_thing_of(card, on=on) for card in cards]
    return min(things, key=lambda todo: (order.index(todo.thing), todo.on or date.max))


def _thing_of(card: Mapping[str, Any], *, on: date) -> Todo:
    ref, runway = card["donor_ref"], card["runway"]
    amount = Fen(card["instalment_fen"] * card["children_wanted"])
    if card["status"] is PledgeStatus.ENDED:
        return Todo(Thing.OVER, ref)
    if card["status"] is PledgeStatus.OFFERED:
        waits = card["announced_on"] is not None
        thing = Thing.BANK_CHECKS if waits else Thing.PAY_FIRST
        return Todo(thing, ref, amount, is_for_child=card["kind"] is PledgeKind.CHILD)
    if runway.next_on is not None and runway.next_on <= on + timedelta(days=card["remind_days"]):
        return _payment(card, on=on)
    if card["status"] is PledgeStatus.PAUSED:
        return Todo(Thing.PAUSED, ref, on=card["paused_until"])
    if card["kind"] is PledgeKind.CHILD and not card["supports"]:
        return Todo(Thing.SEARCHING, ref, on=runway.next_on)
    ahead: int = card["remind_days"]
    return Todo(Thing.NOTHING, ref, runway.next_amount, runway.next_on, ahead=ahead)


def _payment(card: Mapping[str, Any], *, on: date) -> Todo:
    ref, runway = card["donor_ref"], card["runway"]
    if card["announced_on"] is not None:
        return Todo(Thing.BANK_CHECKS, ref, runway.next_amount, runway.next_on)
    if card["kind"] is PledgeKind.CHILD and not card["supports"]:
        return Todo(Thing.SEARCHING, ref, on=runway.next_on)
    if runway.next_on > on:
        return Todo(Thing.PAY_SOON, ref, runway.next_amount, runway.next_on)
    days = runway.days_owed(on)
    return Todo(Thing.PAY_NOW, ref, runway.owed(on), runway.next_on, days=days)
