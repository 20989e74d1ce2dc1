"""A month's head: published once, over leaves that tell nobody anything but their donor."""

import json
import subprocess
import sys
from datetime import date

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError

from models import triggers
from models.month_pages import MonthHead, MonthLeaf
from models.stipends import Fact, Stipend
from models.trace import OrdinaryEntry
from privacy import viewers
from services import gate
from services.checking import checks
from services.month_page import checking, publishing, reading
from services.papers import statements
from services.stipends import facts
from services.stipends.facts import Basis
from services.vault import vault
from tests.factories import LEAGUE, viewer
from tests.services.family_checking import DECEMBER, NOVEMBER, OCTOBER, Pupils
from vocabulary import refs
from vocabulary.dates import at
from vocabulary.enums import Evidence, FactKind, Role
from vocabulary.errors import NotFound, NotPermitted
from web.donor import paper_words

ENGINE = viewers.engine("month-pages")
FIRST, SECOND = date(2026, 12, 1), date(2027, 1, 1)
JANUARY = date(2027, 1, 1)


@pytest.fixture
def pupils(session, now) -> Pupils:
    return Pupils(session, 3)


def donor_of(session, match):
    return viewer(Role.DONOR, donor_id=vault.donor_of_pledge(session, match.pledge_id), regions=())


def publish(session, month: date, on: date) -> int:
    found = publishing.publish(session, ENGINE, month, now=at(on, 4))
    session.expire_all()
    return found


def checked(tmp_path, proof: dict, months: list | None = None) -> subprocess.CompletedProcess:
    """What a donor runs on his own machine: the file that the public page hands out."""
    (tmp_path / "entry.json").write_text(json.dumps(proof), encoding="utf-8")
    names = ["entry.json"]
    if months is not None:
        (tmp_path / "months.json").write_text(json.dumps(months), encoding="utf-8")
        names.append("months.json")
    import app

    program = f"{app.__file__.rpartition('/')[0]}/static/check_entry.py"
    return subprocess.run(
        [sys.executable, "-I", program, *names], cwd=tmp_path, capture_output=True, check=False
    )


def test_every_month_that_is_over_gets_one_head_and_nothing_is_published_early(
    session, pupils
) -> None:
    assert publishing.due(session, ENGINE, now=at(FIRST)) == []
    pupils.paid(NOVEMBER)

    assert publishing.due(session, ENGINE, now=at(date(2026, 11, 30))) == []
    assert publishing.due(session, ENGINE, now=at(FIRST)) == [NOVEMBER]
    assert publish(session, NOVEMBER, FIRST) == 3
    assert publishing.due(session, ENGINE, now=at(FIRST)) == []
    assert publishing.due(session, ENGINE, now=at(date(2027, 2, 9))) == [DECEMBER, JANUARY]
    with pytest.raises(DBAPIError), session.begin_nested():
        publishing.publish(session, ENGINE, NOVEMBER, now=at(FIRST))


def test_a_years_account_lists_the_codes_to_compare_with(session, pupils) -> None:
    pupils.paid(NOVEMBER)
    publish(session, NOVEMBER, FIRST)
    me = donor_of(session, pupils.matches[0])

    shown = statements.of_year(session, me, 2026, now=at(FIRST))

    (own,) = reading.entries(session, me)
    assert [one["code"] for one in shown.codes] == [own["code"]]
    assert paper_words.codes(shown) == [(own["code"], "2026年11月 · ¥100.00 · 2026年11月3日拨付")]


def test_only_the_job_publishes(session, pupils) -> None:
    for role in (Role.ADMINISTRATOR, Role.CASE_WORKER, Role.PAYING_DESK):
        with pytest.raises(NotPermitted):
            publishing.publish(session, viewer(role), NOVEMBER, now=at(FIRST))


def test_a_donor_checks_his_entry_on_his_own_machine_and_a_changed_one_fails(
    session, pupils, tmp_path
) -> None:
    pupils.paid(NOVEMBER)
    publish(session, NOVEMBER, FIRST)
    donor = donor_of(session, pupils.matches[1])
    (entry,) = reading.entries(session, donor)
    proof = reading.told(reading.proof(session, donor, entry["code"]))
    months = reading.told_heads(reading.heads(session))

    assert (proof["amount_fen"], proof["period"], proof["batch_on"]) == (
        10_000, "2026-11", "2026-11-03",
    )  # fmt: skip
    assert checked(tmp_path, proof, months).returncode == 0
    assert checked(tmp_path, proof).returncode == 0
    for name, other in (
        ("amount_fen", 9_999), ("batch_on", "2026-11-04"), ("period", "2026-10"), ("salt", "X"),
        ("code", "X"), ("place", (proof["place"] + 1) % proof["size"]), ("head", "0" * 64),
        ("path", proof["path"][:-1]), ("path", [*proof["path"], "0" * 64]), ("size", 300),
    ):  # fmt: skip
        assert checked(tmp_path, proof | {name: other}, months).returncode == 1, name
    forged = [months[0] | {"chained": "0" * 64}]
    assert checked(tmp_path, proof, forged).returncode == 1


def test_how_many_there_were_is_not_to_be_read_off_a_head(session, pupils) -> None:
    pupils.paid(NOVEMBER)
    publish(session, NOVEMBER, FIRST)
    publish(session, DECEMBER, SECOND)

    assert session.scalars(select(MonthHead.size)).all() == [256, 256]
    rows = session.scalars(select(MonthLeaf).order_by(MonthLeaf.head_id, MonthLeaf.place)).all()
    assert [row.place for row in rows] == [*range(256), *range(256)]
    assert [row.leaf for row in rows[:256]] == sorted(row.leaf for row in rows[:256])
    assert sum(row.code is not None for row in rows) == 3
    proofs = [
        reading.proof(session, donor, reading.entries(session, donor)[0]["code"])
        for donor in (donor_of(session, match) for match in pupils.matches)
    ]
    assert {len(one["path"]) for one in proofs} == {8}


def test_a_later_correction_is_a_new_entry_in_a_later_month_and_no_head_changes(
    session, pupils, tmp_path
) -> None:
    pupils.paid(NOVEMBER)
    publish(session, NOVEMBER, FIRST)
    before = [dict(one) for one in reading.heads(session)]
    line = session.scalars(select(Stipend).order_by(Stipend.id)).first()
    back, basis = date(2026, 12, 8), Basis(Evidence.BANK)
    facts.record(session, FactKind.RETURNED, [line], on=back, by=ENGINE, now=at(back), basis=basis)
    publish(session, DECEMBER, SECOND)

    donor = donor_of(session, pupils.matches[0])
    found = [
        (e["amount_fen"], e["batch_on"], e["head"]["month"])
        for e in reading.entries(session, donor)
    ]
    assert found == [(-10_000, back, DECEMBER), (10_000, date(2026, 11, 3), NOVEMBER)]
    assert [dict(one) for one in reading.heads(session)][1:] == before
    months = reading.told_heads(reading.heads(session))
    assert [one["month"] for one in months] == ["2026-11", "2026-12"]
    for entry in reading.entries(session, donor):
        proof = reading.told(reading.proof(session, donor, entry["code"]))
        assert checked(tmp_path, proof, months).returncode == 0


def test_what_was_taken_back_and_sent_again_adds_up_to_one_sum(session, pupils) -> None:
    pupils.paid(NOVEMBER)
    line = session.scalars(select(Stipend).order_by(Stipend.id)).first()
    day, basis = date(2026, 11, 9), Basis(Evidence.BANK)
    facts.take_back(session, FactKind.SENT, line, on=day, by=ENGINE, now=at(day), basis=basis)
    session.expire_all()
    facts.record(session, FactKind.SENT, [line], on=day, by=ENGINE, now=at(day), basis=basis)
    publish(session, NOVEMBER, FIRST)

    donor = donor_of(session, pupils.matches[0])
    assert sorted(e["amount_fen"] for e in reading.entries(session, donor)) == [
        -10_000, 10_000, 10_000,
    ]  # fmt: skip


def test_a_donor_reads_his_own_entries_and_nobody_else_reads_any(session, pupils) -> None:
    pupils.paid(NOVEMBER)
    publish(session, NOVEMBER, FIRST)
    donors = [donor_of(session, match) for match in pupils.matches]
    codes = [[e["code"] for e in reading.entries(session, donor)] for donor in donors]

    assert [len(own) for own in codes] == [1, 1, 1]
    assert len({code for own in codes for code in own}) == 3
    with pytest.raises(NotFound):
        reading.proof(session, donors[0], codes[1][0])
    for role in Role:
        if role is not Role.DONOR:
            near = viewer(role, regions=(LEAGUE,), organisation_id=pupils.school.id,
                          child_id=pupils.children[0].id)  # fmt: skip
            assert gate.cards(session, near, MonthLeaf) == [], role


def test_the_database_lets_nobody_write_a_head_or_a_leaf_again(session, pupils) -> None:
    pupils.paid(NOVEMBER)
    publish(session, NOVEMBER, FIRST)

    for table, change in ((MonthHead, {"head": "0" * 64}), (MonthLeaf, {"amount_fen": 1})):
        for statement in (update(table).values(change), table.__table__.delete()):
            with pytest.raises(DBAPIError), session.begin_nested():
                session.execute(statement)


def spoil(session, table: str, statement) -> None:
    """Change what the database would not let anybody change."""
    with triggers.lifted(session.connection(), table):
        session.execute(statement)
    session.expire_all()


@pytest.mark.parametrize("what", ["amount", "leaf", "head", "gone", "chain", "left_out"])
def test_the_nightly_check_finds_whatever_was_changed_behind_it(session, pupils, what) -> None:
    pupils.paid(NOVEMBER)
    publish(session, NOVEMBER, FIRST)
    pupils.paid(DECEMBER)
    publish(session, DECEMBER, SECOND)
    assert checking.damaged(session) == []
    entry = MonthLeaf.code.is_not(None)
    first = select(MonthHead.id).where(MonthHead.month == NOVEMBER).scalar_subquery()

    if what == "amount":
        spoil(session, "month_leaves", update(MonthLeaf).where(entry).values(amount_fen=1))
    elif what == "leaf":
        one = select(MonthLeaf.id).where(MonthLeaf.head_id == first).limit(1).scalar_subquery()
        spoil(
            session,
            "month_leaves",
            update(MonthLeaf).where(MonthLeaf.id == one).values(leaf="0" * 64),
        )
    elif what == "head":
        spoil(
            session,
            "month_heads",
            update(MonthHead).where(MonthHead.month == NOVEMBER).values(head="0" * 64),
        )
    elif what == "chain":
        spoil(
            session,
            "month_heads",
            update(MonthHead).where(MonthHead.month == DECEMBER).values(chained="0" * 64),
        )
    elif what == "gone":
        with triggers.lifted(session.connection(), "month_leaves"):
            session.execute(MonthLeaf.__table__.delete())
    else:
        late = {
            "kind": FactKind.SENT,
            "on": date(2026, 11, 20),
            "by": "x",
            "evidence": Evidence.BANK,
        }
        line = session.scalars(select(Stipend.id)).first()
        session.execute(
            insert(Fact).values(stipend_id=line, noted_at=at(date(2026, 11, 20)), **late)
        )

    assert checking.damaged(session) != []
    found = checks.report(session, viewer(Role.AUDITOR), now=at(SECOND))["checks"]
    assert next(one["count"] for one in found if one["name"] == "month_pages") > 0


def test_a_head_that_vanished_with_its_leaves_is_missed(session, pupils) -> None:
    pupils.paid(NOVEMBER)
    publish(session, NOVEMBER, FIRST)
    with (
        triggers.lifted(session.connection(), "month_leaves"),
        triggers.lifted(session.connection(), "month_heads"),
    ):
        session.execute(MonthLeaf.__table__.delete())
        session.execute(MonthHead.__table__.delete())

    assert checking.damaged(session) == ["month_head:2026-11：公布过，数据里没有了"]
    traced = select(OrdinaryEntry.actor).where(OrdinaryEntry.act == "month.publish")
    assert session.scalars(traced).all() == ["engine:month-pages"]


def test_the_same_history_with_another_donor_has_the_same_head(session, now) -> None:
    """Nothing of a donor goes into a leaf: two worlds that differ in the payer alone agree."""
    heads = []
    for contact in ("13800000011", "13800000099"):
        with session.begin_nested() as world, refs.seeded("one history"):
            own = Pupils(session, 2)
            vault.keep_name(session, own.matches[0].pledge_id, contact)
            own.paid(OCTOBER)
            publish(session, OCTOBER, NOVEMBER)
            heads.append(session.scalars(select(MonthHead.chained)).one())
            world.rollback()

    assert heads[0] == heads[1]
