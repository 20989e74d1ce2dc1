"""助学金签收单: one sheet a line, with a family's own link that is kept as a hash only.

Printing again makes new links; those printed before stay valid for their 400 days, because a
copy that already lies at somebody's home must not go dead when a school prints its pile again.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateways import pdfs
from gateways.slip_sheets import Paper
from models.pledges import Match
from models.stipends import Batch, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, links, trace
from services.gate import Card
from services.guardians import families
from services.handover import hand_lists
from services.handover.hand_lists import as_hand, is_line
from services.links import Subject
from vocabulary.dates import today
from vocabulary.enums import LinkPurpose, Rhythm, Route
from vocabulary.errors import NotFound
from vocabulary.money import format_yuan_short
from vocabulary.refs import read_slip_code, slip_code, stipend_ref

# Who keeps the stub, and the door at which its code is scanned.
_SCHOOL = ("学校", "school")
_KEEPERS = {
    Route.INSTITUTION: ("机构", "school"),
    Route.VILLAGE: ("儿童主任", "village"),
    Route.WORK_UNIT: ("单位", "unit/hand"),
}
_EVERY = {Rhythm.MONTH: "每月", Rhythm.TERM: "每学期", Rhythm.YEAR: "每年"}


@dataclass(frozen=True, slots=True)
class Printing:
    """What a sheet says beside the line: where its codes lead, and the telephone number."""

    public_url: str
    hotline: str


def make_slips(
    session: Session,
    by: Viewer,
    batch_ref: str,
    *,
    now: datetime,
    only: Collection[str] | None = None,
) -> list[Card]:
    """Make the slips of a batch's lines: those still to hand over, or all when none is, or `only`.

    Each card: name, class_label, amount_fen, amount_words, month, number, sentence, code, token.
    """
    require(by, Act.HAND_OVER)
    lines = hand_lists.batch(session, by, batch_ref, now=now)["lines"]
    wanted = [one for one in lines if one["ref"] in (only or ())]
    if only is None:
        wanted = [one for one in lines if not one["is_handed_over"]] or lines
    if not wanted:
        raise NotFound()
    slips = [_slip(session, by, one, now=now) for one in wanted]
    trace.record(
        session,
        by,
        "slips.print",
        f"batch:{batch_ref}",
        now=now,
        detail={"subjects": sorted(f"stipend:{one['ref']}" for one in wanted)},
    )
    return slips


def print_slips(
    session: Session,
    by: Viewer,
    batch_ref: str,
    printing: Printing,
    *,
    now: datetime,
    only: Collection[str] | None = None,
) -> Callable[[], bytes]:
    """Make the slips; return what draws them as a PDF, one A4 sheet a line.

    Drawing takes 13 s for 300 pupils and needs no database: do it when the transaction is over.
    """
    slips = make_slips(session, by, batch_ref, now=now, only=only)
    keeper, door = _keeper(session, as_hand(by), batch_ref)
    url = printing.public_url.rstrip("/")
    papers = [_paper(slip, url, keeper, door) for slip in slips]
    return lambda: pdfs.slips(papers, hotline=printing.hotline, printed_on=today(now))


def _keeper(session: Session, hand: Viewer, batch_ref: str) -> tuple[str, str]:
    """Return who prints a batch's slips, and so keeps the stubs, and his door."""
    batch = gate.row(session, hand, Batch, Batch.ref == batch_ref)
    return _KEEPERS.get(batch.route, _SCHOOL)


def line_of(session: Session, viewer: Viewer, code: str, *, now: datetime) -> Card:
    """Return the hand's own line behind a printed code, however it was typed. Raises NotFound."""
    return hand_lists.line(session, viewer, read_slip_code(code), now=now)


def code_of_link(session: Session, viewer: Viewer, token: str, *, now: datetime) -> str:
    """Return the printed code behind a family's link, for a hand that scanned it.

    Raises LinkExpired for a dead link, NotFound unless the viewer stands near the line.
    """
    link = links.find(session, token, LinkPurpose.SLIP, now=now)
    stipend = gate.row(session, as_hand(viewer), Stipend, Stipend.id == link.stipend_id)
    child_ref = session.scalars(select(Match.child_ref).where(Match.id == stipend.match_id)).one()
    return slip_code(stipend_ref(child_ref, stipend.due_on))


def amount_words(fen: int) -> str:
    """Write a sum the way a receipt does: 人民币壹佰元整."""
    import cn2an  # noqa: PLC0415 it takes 0.5 s to load, and only a slip writes a sum in words

    return f"人民币{cn2an.an2cn(f'{fen / 100:.2f}', 'rmb')}"


def _slip(session: Session, by: Viewer, one: Card, *, now: datetime) -> Card:
    stipend = gate.row(session, as_hand(by), Stipend, *is_line(one["ref"]))
    token = links.make(session, by, LinkPurpose.SLIP, Subject(stipend_id=stipend.id), now=now)
    child_id = session.scalars(select(Match.child_id).where(Match.id == stipend.match_id)).one()
    return one.and_also(
        amount_words=amount_words(one["amount_fen"]),
        number=_number(session, child_id, stipend.due_on),
        sentence=_sentence(session, child_id, now=now),
        code=slip_code(one["ref"]),
        token=token,
    )


def _number(session: Session, child_id: int, due_on: date) -> int:
    """Count the child's own instalments: a change of donor must not start it anew (law 6)."""
    days = func.count(func.distinct(Stipend.due_on))
    return (
        session.scalar(
            select(days)
            .join(Match, Match.id == Stipend.match_id)
            .where(
                Match.child_id == child_id, Stipend.due_on <= due_on, Stipend.sent_on.is_not(None)
            )
        )
        or 1
    )


def _sentence(session: Session, child_id: int, *, now: datetime) -> str:
    """Say what comes when, from the child's own matches."""
    coming = families.coming_to(session, child_id, now=now)
    rhythm = families.rhythm_of(session, child_id)
    if not coming or rhythm is None:
        return "这一份到这次为止。"
    first = coming[0]
    day = first["due_on"]
    sum_ = format_yuan_short(first["amount_fen"])
    return f"{_EVERY[rhythm]} {sum_}，下一次{day.month}月{day.day}日起拨付。"


def _paper(slip: Card, public_url: str, keeper: str, door: str) -> Paper:
    return Paper(
        month=slip["month"],
        number=slip["number"],
        name=slip["name"],
        class_label=slip["class_label"],
        amount_fen=slip["amount_fen"],
        amount_words=slip["amount_words"],
        sentence=slip["sentence"],
        code=slip["code"],
        stub_url=f"{public_url}/{door}/slips/{slip['code']}",
        family_url=f"{public_url}/s/{slip['token']}",
        keeper=keeper,
    )
