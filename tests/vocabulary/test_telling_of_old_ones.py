"""Of an instalment long past nobody promises any more to go and ask."""

from datetime import date, timedelta

import pytest

from vocabulary.telling import ASKED_DAYS, OVER_DAYS, Telling, tell

HANDED = date(2025, 9, 3)
DATES = dict.fromkeys(
    f"{name}_on" for name in (
        "promised", "received", "bridged", "sent", "handed_over", "confirmed", "returned",
        "cancelled", "written_off", "made_good",
    )
) | {"sent_on": HANDED, "handed_over_on": HANDED}  # fmt: skip


@pytest.mark.parametrize(
    ("days", "says"),
    [
        (ASKED_DAYS, Telling.HANDED_OVER),
        (ASKED_DAYS + 1, Telling.ASKING_FAMILY),
        (OVER_DAYS, Telling.ASKING_FAMILY),
        (OVER_DAYS + 1, Telling.FAMILY_SILENT),
        (400, Telling.FAMILY_SILENT),
    ],
)
def test_asking_the_family_is_said_for_a_season(days, says) -> None:
    assert tell(DATES, on=HANDED + timedelta(days=days)) is says


def test_its_word_ends_it_whenever_it_comes() -> None:
    said = DATES | {"confirmed_on": HANDED + timedelta(days=300)}

    assert tell(said, on=HANDED + timedelta(days=400)) is Telling.CONFIRMED
