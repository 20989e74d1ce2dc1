"""What notices say, and on which screen."""

import re
import string
from pathlib import Path

from services.notices.notice_texts import TEXTS
from vocabulary.enums import NoticeKind, RecipientKind

ROOT = Path(__file__).parents[2]


def test_every_kind_of_notice_has_a_text() -> None:
    spoken = {kind for texts in TEXTS.values() for kind in texts}

    assert spoken == set(NoticeKind)


def test_every_kind_of_notice_is_queued_somewhere() -> None:
    """A kind that nothing queues is a promise that nobody keeps."""
    texts = "notice_texts.py"
    code = "".join(
        path.read_text()
        for room in ("services", "jobs")
        for path in (ROOT / room).rglob("*.py")
        if path.name not in {texts, "delivery.py"}
    )
    code += (ROOT / "services/notices/delivery.py").read_text().partition("NEVER_HELD")[2]

    assert [kind for kind in NoticeKind if f"NoticeKind.{kind.name}" not in code] == []


def _placeholders(text: str | None) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text or "") if name}


def test_what_donors_read_on_a_lock_screen_names_no_child_school_or_sum() -> None:
    names = set().union(*(_placeholders(t.outside) for t in TEXTS[RecipientKind.DONOR].values()))

    assert names <= {"month", "effective", "link", "pay_by"}


def test_what_families_and_staff_read_on_a_lock_screen_names_nobody() -> None:
    families = TEXTS[RecipientKind.FAMILY].values()
    staff = TEXTS[RecipientKind.ACCOUNT].values()

    assert all("child" not in _placeholders(t.outside) for t in (*families, *staff))
    assert all("memo" not in _placeholders(t.outside) for t in staff)


def test_an_sms_fits_into_two_parts() -> None:
    longest = {"link": "https://weiguang.example.org/d/" + "X" * 32, "month": "12月"}
    longest["code"] = "123456"
    filler = {"hand_over_by": "12月31日", "batch_month": "12月", "hotline": "0470-1234567"}
    filler |= {"effective": "12月31日", "pay_by": "12月31日", "hand": "学校"}
    filler |= {"job": "每天的助学金", "trouble": "该办的没有都办"}
    filler |= {"holds": "12月31日", "school": "学" * 80}
    filler |= {"waits_short": "有问题的已单独放下，别的照常付。"}
    texts = [t.outside for kinds in TEXTS.values() for t in kinds.values() if t.outside]

    assert [t for t in texts if len(t.format(**longest, **filler)) > 134] == []
    assert all(re.match("【微光】", t) for t in texts)
