"""How numbers that strangers see are rounded: to tens, and below ten not at all shown."""

FEWEST = 10


def to_tens(count: int) -> int | None:
    """Return the nearest ten; None below ten, which is written 不足 10."""
    return None if count < FEWEST else (count + FEWEST // 2) // FEWEST * FEWEST


def in_words(count: int) -> str:
    """Return '60' or '不足 10'."""
    rounded = to_tens(count)
    return f"不足 {FEWEST}" if rounded is None else f"{rounded:,}"
