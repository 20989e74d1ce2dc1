"""Whose money is a line of the bank's statement? The whole reference first, then suggestions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.pledges import Pledge
from models.vault import PaidNote
from services.batches import payouts
from services.batches.bank_words import memos_in
from services.batches.payout_lines import Bank, Book, book_of
from services.statements import Line, Remark, read_remark
from services.statements.line_names import ByHand, booked_keys, by_hand
from services.statements.remarks import Others, near
from services.vault import vault
from vocabulary.enums import LineKind, LineReason, LineState
from vocabulary.money import Fen
from vocabulary.refs import find_payment_reference

ANNOUNCED_DAYS = timedelta(days=7)
MOST_MONTHS = 60

Part = tuple[str, Fen]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where a line belongs: `parts` are references and sums; a suggestion's are only proposed."""

    state: LineState
    parts: tuple[Part, ...] = ()
    reason: LineReason | None = None
    memo: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What the books know that helps to read a statement."""

    pledges: Mapping[str, int] = field(default_factory=dict)
    instalments: Mapping[str, Fen] = field(default_factory=dict)
    notes: Sequence[tuple[str, int, date]] = ()
    keys: frozenset[str] = frozenset()
    others: Others = field(default_factory=Others)
    by_hand: Sequence[ByHand] = ()
    book: Book = field(default_factory=Book)


def known(session: Session | None, lines: Sequence[Line]) -> Known:
    """Ask once for all lines; without a database nothing is known."""
    if session is None or not lines:
        return Known()
    pledges = vault.references(session)
    first = min(line.on for line in lines) - ANNOUNCED_DAYS
    notes = select(PaidNote.payment_reference, PaidNote.amount_fen, PaidNote.noted_on).where(
        PaidNote.noted_on >= first
    )
    others = Others.among(pledges)
    lists = [read_remark(line.text, others).references for line in lines]
    in_lists = {pledges[ref] for refs in lists if len(refs) > 1 for ref in refs if ref in pledges}
    return Known(
        pledges=pledges,
        instalments=_instalments(session, pledges, in_lists),
        notes=[(ref, fen, on) for ref, fen, on in session.execute(notes)],
        keys=booked_keys(session, first),
        others=others,
        by_hand=by_hand(session, first),
        book=book_of(session, [Bank(one.fen, one.on, one.text) for one in lines]),
    )


def told_anew(lines: Sequence[Line], known: Known) -> tuple[Line, ...]:
    """Return the lines, each of the kind that our own reference or memo makes it.

    What the bank and the payer say beside it (退汇, 利息, 手续费) decides only where none stands.
    """
    return tuple(replace(line, kind=_kind(line, known)) for line in lines)


def _kind(line: Line, known: Known) -> LineKind:
    if line.kind is LineKind.PAYOUT:
        return line.kind
    references = read_remark(line.text, known.others).references if line.fen > 0 else ()
    if any(reference in known.pledges for reference in references):
        return LineKind.DONATION
    if any(memo in known.book.batches for memo in memos_in(line.text, known.book.batches)):
        return LineKind.OUTGOING if line.fen < 0 else LineKind.RETURNED
    return line.kind


def _instalments(
    session: Session, pledges: Mapping[str, int], wanted: set[int]
) -> Mapping[str, Fen]:
    if not wanted:
        return {}
    sums = dict(
        session.execute(
            select(Pledge.id, Pledge.instalment_fen * Pledge.children_wanted).where(
                Pledge.id.in_(wanted)
            )
        ).all()
    )
    return {reference: sums[key] for reference, key in pledges.items() if key in sums}


def judge(lines: Iterable[Line], known: Known) -> list[Verdict]:
    """Judge every line; two lines never share one announcement, nor one booking by hand."""
    known = replace(known, by_hand=list(known.by_hand))
    notes, lines = list(known.notes), list(lines)
    new = [line for line in lines if line.kind in payouts.KINDS and line.key not in known.keys]
    found = known.book.find_all(_payouts(new))
    paid = {
        line.row: Verdict(one.state, reason=one.reason, memo=one.memo)
        for line, one in zip(new, found, strict=True)
    }
    return [paid.get(line.row) or _verdict(line, known, notes) for line in lines]


def _payouts(lines: Iterable[Line]) -> list[Bank]:
    """Return what left and what came back, as far as our batches go."""
    return [Bank(one.fen, one.on, one.text) for one in lines if one.kind in payouts.KINDS]


def _verdict(line: Line, known: Known, notes: list[tuple[str, int, date]]) -> Verdict:
    if line.key in known.keys:
        return Verdict(LineState.KNOWN)
    if line.kind is not LineKind.DONATION:
        return Verdict(LineState.ASIDE)
    remark = read_remark(line.text, known.others)
    match remark.references:
        case ():
            waits = _waits(LineReason.NO_REFERENCE)
            return _same(line, "", known) or _announced(line, notes) or waits
        case (one,) if one in known.pledges:
            _forget(notes, one, line.fen)
            return _same(line, one, known) or Verdict(LineState.MATCHED, ((one, line.fen),))
        case (one,):
            return _meant(one, line, known) or _waits(LineReason.UNKNOWN_REFERENCE)
        case _:
            return _split(remark, line.fen, known)


def _same(line: Line, reference: str, known: Known) -> Verdict | None:
    """Suggest that a line is what somebody booked by hand in these days, without its number."""
    found = [one for one in known.by_hand if one.is_like(reference, line.fen, line.on)]
    if not found:
        return None
    known.by_hand.remove(min(found, key=lambda one: abs(one.on - line.on)))  # type: ignore[attr-defined]
    return Verdict(LineState.SUGGESTED, ((reference, line.fen),), LineReason.BY_HAND)


def _waits(reason: LineReason) -> Verdict:
    return Verdict(LineState.UNMATCHED, reason=reason)


def _forget(notes: list[tuple[str, int, date]], reference: str, fen: Fen) -> None:
    """Money that came under its reference was what its donor had announced."""
    for note in notes:
        if note[:2] == (reference, fen):
            notes.remove(note)
            return


def _meant(reference: str, line: Line, known: Known) -> Verdict | None:
    """Suggest the only reference from which one slip of the finger leads to this one."""
    is_ours = bool(known.pledges) and find_payment_reference(reference) is not None
    meant = near(reference, known.pledges) if is_ours else []
    if len(meant) != 1:
        return None
    return Verdict(LineState.SUGGESTED, ((meant[0], line.fen),), LineReason.TYPING_ERROR)


def _announced(line: Line, notes: list[tuple[str, int, date]]) -> Verdict | None:
    """Suggest whoever said in these days that this very sum is on its way, when it is one donor."""
    near_by = [n for n in notes if n[1] == line.fen and abs(n[2] - line.on) <= ANNOUNCED_DAYS]
    if len({reference for reference, _, _ in near_by}) != 1:
        return None
    notes.remove(near_by[0])
    return Verdict(LineState.SUGGESTED, ((near_by[0][0], line.fen),), LineReason.ANNOUNCED)


def share(session: Session, text: str, total: Fen) -> Verdict:
    """Divide a sum among the references of a text as a person wrote it."""
    pledges = vault.references(session)
    remark = read_remark(text, Others.among(pledges))
    named = {pledges[reference] for reference in remark.references if reference in pledges}
    instalments = _instalments(session, pledges, named)
    return _split(remark, total, Known(pledges=pledges, instalments=instalments))


def _split(remark: Remark, total: Fen, known: Known) -> Verdict:
    """Divide one transfer among the references it names: exactly, or not at all.

    A sum that somebody wrote is never set aside for what his instalments would be.
    """
    references = remark.references
    if any(reference not in known.pledges for reference in references):
        return _waits(LineReason.SOME_UNKNOWN)
    for sums in (remark.sums, _instalment_sums(references, total, known)):
        is_whole = set(sums) == set(references) and sum(sums.values()) == total
        if is_whole and remark.sums.items() <= sums.items():
            return Verdict(LineState.SPLIT, tuple((ref, sums[ref]) for ref in references))
    return _waits(LineReason.DOES_NOT_SPLIT)


def _instalment_sums(references: Sequence[str], total: Fen, known: Known) -> Mapping[str, Fen]:
    """Return each pledge's instalments, as many of them as make the total, the same for all."""
    once = sum(known.instalments.get(reference, Fen(0)) for reference in references)
    times, rest = divmod(total, once) if once else (0, total)
    if rest or not 1 <= times <= MOST_MONTHS:
        return {}
    return {reference: Fen(known.instalments[reference] * times) for reference in references}
