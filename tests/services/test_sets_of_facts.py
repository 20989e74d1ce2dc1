"""A whole list stated at once: the very rows that line by line writes, in a fixed number of steps."""

import hashlib
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, func, select

from models.ledger import Posting, Transaction
from models.notices import Notice
from models.stipends import Fact, Stipend
from models.trace import OrdinaryEntry, StateChange
from privacy import viewers
from services.books import ledger
from services.books.ledger import Event, Leg
from services.checking import checks
from services.handover import handovers
from services.handover.handovers import Said
from services.stipends import facts
from services.stipends.facts import Basis
from tests.factories import a_child, a_match, a_pledge, a_school, a_sent_batch, viewer
from vocabulary.enums import (
    AccountKind,
    BatchStatus,
    Evidence,
    FactKind,
    RecipientKind,
    Role,
    Snag,
    TransactionKind,
)
from vocabulary.errors import AlreadyDecided, NotFound, WrongState
from vocabulary.money import Fen
from vocabulary.refs import stipend_ref

SENT = date(2026, 11, 3)
EXCEPT = {
    0: Said(Snag.ON_LEAVE),
    2: Said(Snag.SOMEONE_ELSE, relation="姑姑"),
    3: Said(Snag.PARTLY, handed=Fen(4_000)),
}


class Listed:
    """A school with a sent batch; each pupil has a donor of his own."""

    def __init__(self, session, name: str, pupils: int = 5) -> None:
        self.session, self.school = session, a_school(session, name)
        self.matches = [
            a_match(
                session, self.pledge(n, len(name)), a_child(session, self.school, name=f"生{n}")
            )
            for n in range(pupils)
        ]
        self.batch = a_sent_batch(session, self.school, *self.matches, on=SENT)
        self.officer = viewer(
            Role.SCHOOL_OFFICER, organisation_id=self.school.id, actor="account:officer"
        )
        self.refs = [stipend_ref(match.child_ref, SENT) for match in self.matches]

    def pledge(self, number: int, place: int):
        return a_pledge(self.session, f"138{place:04}{number:04}")[0]

    def stipends(self) -> list[Stipend]:
        mine = select(Stipend).where(Stipend.batch_id == self.batch.id).order_by(Stipend.id)
        return list(self.session.scalars(mine).all())

    def confirm(self, now, **more: Any) -> int:
        said = {self.refs[n]: one for n, one in EXCEPT.items() if n < len(self.refs)}
        return handovers.confirm_all(
            self.session, self.officer, self.batch.ref, said, now=now, **more
        )

    def written(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that stands about the list, its keys and random refs replaced by their place."""
        self.session.flush()
        self.session.expire_all()
        rows = self.stipends()
        place = {one.id: n for n, one in enumerate(rows)}
        pledge = {match.pledge_id: n for n, match in enumerate(self.matches)}
        return {
            "stipends": [
                (s.handed_over_on, s.not_handed_over_on, s.snag, s.handed_fen) for s in rows
            ],
            "facts": sorted(
                (place[f.stipend_id], f.kind, f.on, f.by, f.evidence, f.detail or "",
                 f.amount_fen or 0, f.noted_at)
                for f in self.session.scalars(select(Fact).where(Fact.stipend_id.in_(place)))
            ),
            "postings": sorted(
                (place[t.stipend_id], t.kind, t.on, t.by, p.account, pledge.get(p.pledge_id, -1),
                 p.organisation_id == self.school.id, p.amount)
                for t, p in self.session.execute(
                    select(Transaction, Posting)
                    .join(Posting, Posting.transaction_id == Transaction.id)
                    .where(Transaction.stipend_id.in_(place))
                )
            ),
            "notices": self.notices(),
            "steps": [
                (step.from_state, step.to_state, step.by)
                for step in self.session.scalars(
                    select(StateChange).where(
                        StateChange.kind == "batches", StateChange.record_id == self.batch.id
                    )
                )
            ],
        }  # fmt: skip

    def notices(self) -> list[tuple[Any, ...]]:
        subjects = {
            f"stipend:{stipend_ref(ref, SENT)}": n
            for n, match in enumerate(self.matches)
            for ref in (match.donor_ref, match.child_ref)
        }
        children = {match.child_id: n for n, match in enumerate(self.matches)}
        return sorted(
            (subjects[one.subject], one.recipient_kind, one.kind, one.rung, one.status,
             one.created_at, one.not_before,
             children[one.recipient_id] if one.recipient_kind is RecipientKind.FAMILY else -1)
            for one in self.session.scalars(select(Notice).where(Notice.subject.in_(subjects)))
        )  # fmt: skip


def findings(session, now) -> list[str]:
    """What the books' checks say, but for what the factories leave out."""
    session.commit()
    report = checks.report(session, viewers.console(), now=now)
    return [one for check in report["checks"] for one in check["findings"]]


def test_a_list_confirmed_at_once_is_written_as_line_by_line(session, now) -> None:
    at_once, one_by_one = Listed(session, "一校"), Listed(session, "二小学")
    before = findings(session, now)

    at_once.confirm(now)
    for number, ref in enumerate(one_by_one.refs):
        if number in EXCEPT:
            handovers.note_snag(session, one_by_one.officer, ref, EXCEPT[number], now=now)
        else:
            handovers.hand_over_one(session, one_by_one.officer, ref, now=now)

    written = at_once.written()
    assert written == one_by_one.written()
    assert len(written["notices"]) == 2 * 3
    assert [one[2] for one in written["stipends"]] == [
        Snag.ON_LEAVE, None, Snag.SOMEONE_ELSE, Snag.PARTLY, None,
    ]  # fmt: skip
    assert findings(session, now) == before


def test_300_lines_take_as_many_statements_as_5(session, now) -> None:
    def statements(listed: Listed) -> int:
        made: list[str] = []
        note = lambda *args: made.append(args[2])  # noqa: E731
        session.flush()
        event.listen(session.get_bind(), "before_cursor_execute", note)
        listed.confirm(now)
        event.remove(session.get_bind(), "before_cursor_execute", note)
        return len(made)

    assert statements(Listed(session, "小校")) == statements(Listed(session, "大中学", 60))


def test_40_exceptions_take_as_many_statements_as_4(session, now) -> None:
    def statements(listed: Listed) -> int:
        kinds = [*EXCEPT.values(), Said(Snag.REFUSED)]
        said = {ref: kinds[n % len(kinds)] for n, ref in enumerate(listed.refs)}
        made: list[str] = []
        note = lambda *args: made.append(args[2])  # noqa: E731
        session.flush()
        event.listen(session.get_bind(), "before_cursor_execute", note)
        handovers.confirm_all(session, listed.officer, listed.batch.ref, said, now=now)
        event.remove(session.get_bind(), "before_cursor_execute", note)
        return len(made)

    assert statements(Listed(session, "小校", 4)) == statements(Listed(session, "大中学", 40))


def test_one_act_leaves_one_entry_with_count_and_digest(session, now) -> None:
    listed = Listed(session, "一校")

    listed.confirm(now)

    (entry,) = session.scalars(select(OrdinaryEntry).where(OrdinaryEntry.act == "batch.hand_over"))
    rest = "\n".join(sorted([listed.refs[1], listed.refs[4]]))
    assert entry.detail == {
        "handed_over": 2,
        "digest": hashlib.sha256(rest.encode()).hexdigest(),
        "except": {listed.refs[n]: one.snag.value for n, one in EXCEPT.items()},
    }


def test_an_old_page_confirms_nothing_that_stood_not_on_it(session, now) -> None:
    listed = Listed(session, "一校")
    handovers.hand_over_one(session, listed.officer, listed.refs[1], now=now)
    shown = [ref for ref in listed.refs if ref != listed.refs[1]]
    handovers.take_back(session, listed.officer, listed.refs[1], now=now)

    done = listed.confirm(now, shown=shown)

    assert done == 1
    assert listed.stipends()[1].handed_over_on is None
    assert listed.batch.status is BatchStatus.SENT


def test_the_same_list_again_changes_nothing(session, now) -> None:
    listed = Listed(session, "一校")
    listed.confirm(now, shown=listed.refs)
    before = listed.written()

    with pytest.raises(AlreadyDecided):
        listed.confirm(now, shown=listed.refs)

    assert listed.written() == before


def test_an_exception_of_another_school_is_not_found(session, now) -> None:
    listed, other = Listed(session, "一校"), Listed(session, "二小学")
    said = {other.refs[0]: Snag.ON_LEAVE}

    with pytest.raises(NotFound):
        handovers.confirm_all(session, listed.officer, listed.batch.ref, said, now=now)

    assert all(one.handed_over_on is None for one in listed.stipends() + other.stipends())


def test_a_set_with_one_that_may_not_be_stated_states_none(session, now) -> None:
    listed = Listed(session, "一校")
    first, *rest = listed.stipends()
    word = Basis(Evidence.WORD)
    how = {"on": SENT, "by": listed.officer, "now": now}
    facts.record_all(session, FactKind.HANDED_OVER, [(first, word)], **how)
    count = session.scalar(select(func.count(Fact.id)))
    said = [(one, word) for one in (*rest, first)]

    with pytest.raises(WrongState):
        facts.record_all(session, FactKind.HANDED_OVER, said, **how)

    assert session.scalar(select(func.count(Fact.id))) == count
    assert all(one.handed_over_on is None for one in rest)


def test_each_of_many_transactions_gets_its_own_legs(session, now) -> None:
    listed = Listed(session, "一校")
    about = Event(TransactionKind.RETURNED, SENT, stipend_id=listed.stipends()[0].id)
    entries = [
        (about, [Leg(AccountKind.BANK, Fen(sum_)), Leg(AccountKind.IN_TRANSIT, Fen(-sum_))])
        for sum_ in (3, 1, 2)
    ]

    ledger.post_all(session, entries, by=viewers.engine())

    legs = session.execute(
        select(Posting.transaction_id, func.max(Posting.amount), func.sum(Posting.amount))
        .join(Transaction, Transaction.id == Posting.transaction_id)
        .where(Transaction.kind == TransactionKind.RETURNED)
        .group_by(Posting.transaction_id)
        .order_by(Posting.transaction_id)
    ).all()
    assert [(most, total) for _, most, total in legs] == [(3, 0), (1, 0), (2, 0)]
