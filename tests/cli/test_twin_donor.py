"""What `twin-seed --donor-json` takes as a donor, and how it refuses what is none."""

import pytest

from cli.twins.donor import TwinDonor, read_donor
from cli.twins.story import Story
from vocabulary.errors import BadInput

LEAST = {"name": "王芳", "phone": "13800138000"}


@pytest.mark.parametrize(
    ("said", "day"),
    [(1, 1), ("28", 28), (31, 28), ("2026-02-28", 28), ("2026-09-05T17:00:00+08:00", 5), (None, 1)],
)
def test_a_day_is_a_day_of_any_month_or_a_date(said, day) -> None:
    assert read_donor({**LEAST, "pay_in_day": said}).pay_in_day == day


@pytest.mark.parametrize(
    ("said", "hour"),
    [
        (0, 0), ("6:05", 6), ("23:59", 23), ("2026-11-14T23:59:59Z", 23), (None, 12),
        ("2026-09-25 18:00:00+08:00", 18), ("2026-11-14T07:00:01.250+0800", 7),
    ],
)  # fmt: skip
def test_an_hour_is_a_time_of_day_or_an_instant(said, hour) -> None:
    assert read_donor({**LEAST, "seen_at": said}).hour_seen == hour


@pytest.mark.parametrize(
    ("said", "contact"),
    [
        ("+86 186-0000-9999", "18600009999"),
        ("１３０００００００１１", "13000000011"),
        (13800138001, "13800138001"),
        ("Zed.ZZ@mail.example.com", "zed.zz@mail.example.com"),
    ],
)
def test_a_telephone_is_read_however_it_is_written(said, contact) -> None:
    assert read_donor({**LEAST, "phone": said}).contact == contact


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ([], "donor_json"), ("王芳", "donor_json"),
        ({"phone": "13800138000"}, "name"), ({**LEAST, "name": "  "}, "name"),
        ({**LEAST, "name": ["王芳"]}, "name"), ({**LEAST, "name": "王\x00芳"}, "name"),
        ({**LEAST, "name": "\ud83d"}, "name"), ({**LEAST, "employer": "长" * 201}, "employer"),
        ({**LEAST, "phone": "12345"}, "phone"), ({"name": "王芳"}, "phone"),
        ({**LEAST, "pay_in_day": 0}, "pay_in_day"), ({**LEAST, "pay_in_day": 32}, "pay_in_day"),
        ({**LEAST, "pay_in_day": "月初"}, "pay_in_day"), ({**LEAST, "pay_in_day": True}, "pay_in_day"),
        ({**LEAST, "seen_at": "24:00"}, "seen_at"), ({**LEAST, "seen_at": "晚上"}, "seen_at"),
    ],
)  # fmt: skip
def test_what_is_no_donor_is_refused_by_the_field_that_is_wrong(given, field) -> None:
    with pytest.raises(BadInput) as refused:
        read_donor(given)

    assert refused.value.params["field"] == field


def test_who_has_another_donors_telephone_would_be_that_donor(session) -> None:
    secret: TwinDonor = read_donor({**LEAST, "phone": "136 0000 0001"})

    with pytest.raises(BadInput) as refused:
        Story(session, secret)

    assert refused.value.params == {"field": "phone", "reason": "another_donors_own"}
