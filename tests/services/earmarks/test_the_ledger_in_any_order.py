"""Gifts, restrictions, bridging, late money, losses and answers in any order: no fen is lost.

A failing order is printed by hypothesis step by step, and repeated by its own blob.
"""

import shutil
import tempfile
from datetime import date
from pathlib import Path
from typing import ClassVar

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from models.earmarks import Earmark, Redirection, RedirectionAnswer
from models.ledger import Posting, Receipt, Transaction
from models.pledges import Match, Pledge
from models.stipends import Batch, Stipend
from services.batches import batches
from services.books import ledger, write_offs
from services.checking import book_checks, fund_checks
from services.earmarks import checks as earmark_checks
from services.earmarks import redirecting
from services.vault import vault
from tests.factories import a_child, a_match, a_pledge, a_school, viewer
from tests.services.earmarks.world import restricted
from tests.services.gap_fund import SEPTEMBER, pay, run
from vocabulary.dates import add_months, at
from vocabulary.enums import (
    AccountKind,
    EarmarkKind,
    PledgeKind,
    RedirectReason,
    Role,
    Sex,
    TransactionKind,
    WriteOffReason,
)
from vocabulary.errors import AlreadyDecided, BadInput, WrongState
from vocabulary.money import Fen
from vocabulary.refs import stipend_ref

pytestmark = pytest.mark.sqlite_only

SEXES = (Sex.FEMALE, Sex.MALE, Sex.FEMALE)
DESK, APPROVER = viewer(Role.PAYING_DESK), viewer(Role.APPROVER, actor="account:approver")
WORKER = viewer(Role.CASE_WORKER, actor="account:worker")
SUMS = st.integers(1, 60_000)
BOOKS = book_checks.STATEMENTS | fund_checks.STATEMENTS | earmark_checks.STATEMENTS


class Books(RuleBasedStateMachine):
    """Three children with a sponsor each, a fund, and whatever people do with money."""

    template: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.template / "weiguang.db", self.folder)
        self.engine = create_engine(f"sqlite:///{self.folder / 'weiguang.db'}")
        self.session = Session(self.engine)
        self.day, self.came, self.givers = SEPTEMBER, 0, 0

    def teardown(self) -> None:
        self.session.close()
        self.engine.dispose()
        shutil.rmtree(self.folder)

    @initialize()
    def begin(self) -> None:
        school = a_school(self.session)
        self.sponsors: list[tuple[Match, str]] = []
        for number, sex in enumerate(SEXES):
            pledge, reference = a_pledge(self.session, f"1380000000{number}")
            child = a_child(self.session, school, sex=sex, name=f"孩子{number}")
            self.sponsors.append((a_match(self.session, pledge, child), reference))
        self.session.commit()

    def _came(self, reference: str, fen: int) -> None:
        pay(self.session, reference, fen, self.day)
        self.came += fen
        self.session.commit()

    def _contact(self) -> str:
        self.givers += 1
        return f"137{self.givers:08d}"

    @rule(fen=SUMS)
    def somebody_feeds_the_fund(self, fen: int) -> None:
        terms = {"kind": PledgeKind.GAP_FUND, "instalment_fen": Fen(88_800)}
        self._came(a_pledge(self.session, self._contact(), **terms)[1], fen)

    @rule(kind=st.sampled_from(EarmarkKind), fen=SUMS, number=st.integers(0, 2))
    def somebody_gives_for_one_purpose(self, kind: EarmarkKind, fen: int, number: int) -> None:
        own = self.sponsors[number][0] if kind is EarmarkKind.ONE_CHILD else None
        _, reference = restricted(self.session, kind, 0, contact=self._contact(), for_child_of=own)
        self._came(reference, fen)

    @rule(number=st.integers(0, 2), months=st.integers(1, 3))
    def a_sponsor_pays(self, number: int, months: int) -> None:
        self._came(self.sponsors[number][1], months * 10_000)

    @rule()
    def a_month_begins(self) -> None:
        run(self.session, self.day)
        self.day = add_months(self.day, 1)

    @rule()
    def the_desk_sends_what_waits(self) -> None:
        ready = select(Batch.ref).where(Batch.sent_on.is_(None), Batch.id == Stipend.batch_id)
        refs = sorted(set(self.session.scalars(ready)))
        batches.send_all(self.session, DESK, refs, now=at(self.day, 9))
        self.session.commit()
        self.session.expire_all()

    @precondition(lambda self: self._on_the_way())
    @rule(data=st.data())
    def money_is_lost_on_its_way(self, data: st.DataObject) -> None:
        match, due = data.draw(st.sampled_from(self._on_the_way()))
        ref, now = stipend_ref(match.child_ref, due), at(self.day, 10)
        try:
            asked = write_offs.ask(self.session, WORKER, ref, reason=WriteOffReason.LOST, now=now)
            write_offs.agree(self.session, APPROVER, asked, now=now)
        except (WrongState, AlreadyDecided):
            self.session.rollback()
        self.session.commit()
        self.session.expire_all()

    def _on_the_way(self) -> list[tuple[Match, date]]:
        rows = self.session.execute(
            select(Match, Stipend.due_on)
            .join(Stipend, Stipend.match_id == Match.id)
            .where(Stipend.sent_on.is_not(None), Stipend.written_off_on.is_(None))
            .order_by(Stipend.id)
        )
        return [(match, due) for match, due in rows]

    @rule(word=st.sampled_from(["yes", "no", ""]))
    def a_giver_is_asked(self, word: str) -> None:
        pledge = self.session.scalars(
            select(Pledge).join(Earmark, Earmark.pledge_id == Pledge.id).order_by(Pledge.id.desc())
        ).first()
        if pledge is None:
            return
        now, why = at(self.day, 11), RedirectReason.ENOUGH
        try:
            ref = redirecting.ask(self.session, APPROVER, pledge.code, reason=why, now=now)
        except (AlreadyDecided, BadInput):
            self.session.rollback()
            return
        if word:
            donor_id = vault.donor_of_pledge(self.session, pledge.id)
            donor = viewer(Role.DONOR, donor_id=donor_id, actor="donor:X")
            redirecting.answer(self.session, donor, ref, word, now=now)
        self.session.commit()

    @invariant()
    def everything_sums_to_zero_and_no_restriction_is_broken(self) -> None:
        assert (self.session.scalar(select(func.sum(Posting.amount))) or 0) == 0
        assert ledger.balance(self.session, AccountKind.GAP_FUND) <= 0
        assert ledger.balance(self.session, AccountKind.EARMARKED) <= 0
        found = {
            name: lines
            for name, said in BOOKS.items()
            if (lines := book_checks.run(self.session, said))
        }
        assert found == {}

    @invariant()
    def the_bank_has_what_came_and_did_not_leave(self) -> None:
        """Counted anew: what came in, less what each batch took, whatever was lost or sent again."""
        came = self.session.scalar(select(func.coalesce(func.sum(Receipt.amount_fen), 0)))
        left = self.session.scalar(select(func.coalesce(func.sum(Batch.sent_fen), 0)))
        assert came == self.came
        assert ledger.balance(self.session, AccountKind.BANK) == self.came - (left or 0)

    @invariant()
    def nobody_is_moved_without_a_yes_and_no_instalment_stands_twice(self) -> None:
        moved = select(func.count()).where(Transaction.kind == TransactionKind.REDIRECTED)
        agreed = select(func.count()).where(RedirectionAnswer.says_yes)
        assert (self.session.scalar(moved) or 0) <= (self.session.scalar(agreed) or 0)
        asked = select(func.count()).select_from(Redirection)
        assert (self.session.scalar(agreed) or 0) <= (self.session.scalar(asked) or 0)
        days = self.session.execute(select(Stipend.match_id, Stipend.due_on)).all()
        assert len(days) == len(set(days))


@pytest.fixture
def books(app: Flask, template: Path) -> type[Books]:
    """The machine, on copies of the empty installation; the app's keys open what it seals."""
    assert app
    Books.template = template
    return Books


def test_whatever_people_do_with_money_the_books_hold(books: type[Books]) -> None:
    few = settings(
        max_examples=12,
        stateful_step_count=14,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(books, settings=few)
