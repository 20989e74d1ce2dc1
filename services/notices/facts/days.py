"""Days of a card as a notice says them."""

from services.gate import Card

Facts = dict[str, str]


def days(card: Card, **names: str) -> Facts:
    """Write the days that are there; a hidden or missing one is no fact."""
    days = {fact: card[name] for fact, name in names.items() if card.has(name)}
    return {fact: f"{day.month}月{day.day}日" for fact, day in days.items() if day is not None}
