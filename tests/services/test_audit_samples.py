"""审计抽查: drawn at random, open for ten working days, and nothing in it leads to a payer."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateways.uploads import LocalFiles
from models.audit import AuditItem, AuditSample
from models.children import Child, Kin
from models.payment_orders import PaymentOrder, PaymentOrderLine, Payout
from models.pledges import Match, Pledge
from models.stipends import Batch, Stipend
from models.trace import OrdinaryEntry
from privacy.viewers import Viewer
from services import gate, trace, uploads
from services.handover import handovers
from services.oversight import audit_samples, looks
from services.oversight.audit_samples import working_days_after
from tests.factories import (
    BANNER,
    LEAGUE,
    OTHER_BANNER,
    a_child,
    a_match,
    a_pledge,
    a_school,
    a_sent_batch,
    an_account,
    viewer,
)
from tests.services.test_uploads import a_photo
from vocabulary.dates import at, today
from vocabulary.enums import BankAnswer, Evidence, FactKind, LineKind, LineState, LookKind, Role
from vocabulary.errors import BadInput, NotFound, NotPermitted

SENT = date(2026, 9, 5)


@pytest.fixture
def auditor(session: Session) -> Viewer:
    account = an_account(session, Role.AUDITOR, login="shenji", region_code=LEAGUE)
    ids = {"account_id": account.id, "actor": f"account:{account.ref}"}
    return viewer(Role.AUDITOR, regions=(LEAGUE,), **ids)


@pytest.fixture
def world(session: Session) -> list[Match]:
    """Three children of one school, two of them from one pledge, with one sent instalment each."""
    school = a_school(session)
    first, second = a_pledge(session)[0], a_pledge(session, "13800000002")[0]
    names = ("陈雨桐", "包晓军", "斯琴")
    kids = [a_child(session, school, name=name) for name in names]
    an_account(session, Role.APPROVER, login="boss")
    matches = [
        a_match(session, pledge, kid)
        for pledge, kid in zip((first, first, second), kids, strict=True)
    ]
    a_sent_batch(session, school, *matches)
    return matches


def draw(session: Session, auditor: Viewer, now, size: int = 3, region: str | None = None) -> str:
    return audit_samples.draw(session, auditor, size=size, region_code=region, now=now)


def packs(session: Session, auditor: Viewer, ref: str, now) -> list[gate.Card]:
    codes = [item["code"] for item in audit_samples.sample(session, auditor, ref, now=now)["items"]]
    return [audit_samples.pack(session, auditor, ref, code, now=now) for code in codes]


def test_a_sample_opens_the_childs_side_of_just_what_was_drawn(
    session, auditor, world, now
) -> None:
    ref = draw(session, auditor, now, size=1)

    (pack,) = packs(session, auditor, ref, now)

    assert pack["child"]["name"] in {"陈雨桐", "包晓军", "斯琴"}
    assert pack["hand"]["name"] == "吉文中学"
    assert pack["batch"]["memo"].startswith("FK")
    assert [(one["version"], one["given_on"]) for one in pack["consents"]] == [
        ("2026-1", date(2026, 9, 1))
    ]
    assert pack["match"]["decided_on"] == date(2026, 9, 1)


def test_without_an_open_pack_an_auditor_stands_near_no_child(session, auditor, world, now) -> None:
    draw(session, auditor, now)

    for table in (Child, Kin, Match):
        assert gate.cards(session, auditor, table) == []


def test_an_open_pack_shows_no_other_child_and_nothing_of_the_family(
    session, auditor, world, now
) -> None:
    from dataclasses import replace

    stipend = session.scalars(select(Stipend)).first()
    inside = replace(auditor, stipend_id=stipend.id)

    assert len(gate.cards(session, inside, Child)) == 1
    assert set(gate.cards(session, inside, Child)[0]) == {"name", "class_label"}
    assert set(gate.cards(session, inside, Match)[0]) == {"decided_by", "decided_on"}
    assert all(set(card) == set() for card in gate.cards(session, inside, Kin))


def test_no_pack_names_a_pledge_a_match_or_a_payer(session, auditor, world, now) -> None:
    ref = draw(session, auditor, now)
    told = str([_plain(pack) for pack in packs(session, auditor, ref, now)])

    secret = [
        *session.scalars(select(Match.child_ref)),
        *session.scalars(select(Match.donor_ref)),
        *session.scalars(select(Pledge.code)),
        *session.scalars(select(Pledge.donor_ref)),
        *session.scalars(select(Child.ref)),
        "13800000001",
    ]
    assert [word for word in secret if word in told] == []
    assert "陈雨桐" in told


def _plain(card) -> object:
    if isinstance(card, gate.Card):
        return {name: _plain(card[name]) for name in card}
    return [_plain(one) for one in card] if isinstance(card, list) else card


def test_givers_are_codes_of_one_sample_alone(session, auditor, world, now) -> None:
    one, two = (draw(session, auditor, now) for _ in range(2))

    def codes(ref: str) -> tuple[set[str], set[str]]:
        items = audit_samples.sample(session, auditor, ref, now=now)["items"]
        return {item["code"] for item in items}, {item["giver_code"] for item in items}

    assert [len(found) for found in codes(one)] == [3, 2]
    assert not codes(one)[0] & codes(two)[0]
    assert not codes(one)[1] & codes(two)[1]


def test_the_kept_seed_draws_the_same_again(session, auditor, world, now) -> None:
    from random import Random

    draw(session, auditor, now, size=2)
    kept = session.scalars(select(AuditSample)).one()
    keys = audit_samples._population(session, auditor, None)

    again = {key for key, _ in Random(kept.seed).sample(keys, kept.size)}
    assert again == set(session.scalars(select(AuditItem.stipend_id)))


@pytest.mark.parametrize(
    ("drawn", "last"),
    [
        (date(2026, 11, 20), date(2026, 12, 4)),
        (date(2026, 9, 24), date(2026, 10, 15)),  # 中秋 and 国庆; 10 October is worked
    ],
)
def test_weekends_and_holidays_do_not_count(drawn, last) -> None:
    assert working_days_after(drawn, 10) == last


def test_day_eleven_is_not_found(session, auditor, world, now) -> None:
    ref = draw(session, auditor, now)
    code = audit_samples.sample(session, auditor, ref, now=now)["items"][0]["code"]
    last = at(working_days_after(today(now), 10), 23)

    audit_samples.pack(session, auditor, ref, code, now=last)
    for late in (last + timedelta(hours=1), last + timedelta(days=30)):
        with pytest.raises(NotFound):
            audit_samples.sample(session, auditor, ref, now=late)
        with pytest.raises(NotFound):
            audit_samples.pack(session, auditor, ref, code, now=late)
    assert [one["is_open"] for one in audit_samples.samples(session, auditor, now=late)] == [False]


def test_another_auditor_opens_nothing_of_it(session, auditor, world, now) -> None:
    ref = draw(session, auditor, now)
    code = audit_samples.sample(session, auditor, ref, now=now)["items"][0]["code"]
    other = viewer(Role.AUDITOR, actor="account:other", regions=(LEAGUE,))

    assert audit_samples.samples(session, other, now=now) == []
    with pytest.raises(NotFound):
        audit_samples.pack(session, other, ref, code, now=now)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.AUDITOR}))
def test_nobody_but_an_auditor_draws(session, world, now, role) -> None:
    with pytest.raises(NotPermitted):
        draw(session, viewer(role), now)


def test_a_region_limits_the_draw_and_one_without_instalments_is_refused(
    session, auditor, world, now
) -> None:
    assert (
        audit_samples.sample(
            session, auditor, draw(session, auditor, now, size=50, region=BANNER), now=now
        )["size"]
        == 3
    )
    whole = draw(session, auditor, now, size=50, region=LEAGUE)
    assert audit_samples.sample(session, auditor, whole, now=now)["size"] == 3
    with pytest.raises(BadInput):
        draw(session, auditor, now, region=OTHER_BANNER)
    with pytest.raises(NotFound):
        draw(session, auditor, now, region="150200000000")
    with pytest.raises(BadInput):
        draw(session, auditor, now, size=0)


def test_a_pack_holds_the_hands_word_and_the_marked_photo_of_the_slip(
    session, auditor, world, now, tmp_path
) -> None:
    files = LocalFiles(tmp_path / "uploads")
    school_id = session.get_one(Child, world[0].child_id).school_id
    officer = viewer(Role.SCHOOL_OFFICER, organisation_id=school_id)
    line = f"{world[0].child_ref}-202609"
    uploads.hand_over_with_photo(session, officer, line, a_photo(), files=files, now=now)
    ref = draw(session, auditor, now)
    (pack,) = [one for one in packs(session, auditor, ref, now) if one["photos"]]

    args = {"files": files, "now": now}
    picture = audit_samples.photo(session, auditor, ref, pack["code"], 1, mark="shenji X", **args)
    other = audit_samples.photo(session, auditor, ref, pack["code"], 1, mark="shenji Y", **args)

    assert [(one["kind"], one["evidence"]) for one in pack["hand_facts"]] == [
        (FactKind.HANDED_OVER, Evidence.SLIP_PHOTO)
    ]
    assert picture.startswith(b"\xff\xd8") and picture != other
    with pytest.raises(NotFound):
        audit_samples.photo(session, auditor, ref, pack["code"], 2, mark="x", **args)


def test_a_pack_holds_the_banks_own_word_on_its_batch_and_on_no_other(
    session, auditor, world, now
) -> None:
    batch = session.scalars(select(Batch)).one()
    far = a_sent_batch(session, a_school(session, "别的学校"), a_match_far(session))
    for one, fen in ((batch, 30_000), (far, 77_700)):
        paid = {"kind": LineKind.OUTGOING, "state": LineState.SETTLED, "on": SENT}
        session.add(Payout(key=one.ref, batch_id=one.id, row=1, amount_fen=fen, **paid))
        order = PaymentOrder(
            region_code=BANNER, made_by="x", made_at=now, count=1, fen=fen, digest="d"
        )
        session.add(order)
        session.flush()
        payee = {"words": "元", "payee": "收款人某某", "bank": "某行", "number": "62170000"}
        told = {"answer": BankAnswer.PAID, "answered_on": SENT}
        session.add(PaymentOrderLine(order_id=order.id, batch_id=one.id, fen=fen, **payee, **told))
    session.flush()
    ref = draw(session, auditor, now, size=4)

    found = [one for one in packs(session, auditor, ref, now) if one["batch"]["memo"] == batch.memo]

    assert len(found) == len(world)
    for one in found:
        assert [dict(slip) for slip in one["slips"]] == [
            {"kind": LineKind.OUTGOING, "amount_fen": 30_000, "on": SENT}
        ]
        assert [dict(line) for line in one["orders"]] == [
            {"fen": 30_000, "answer": BankAnswer.PAID, "answered_on": SENT}
        ]
    assert (
        gate.cards(session, auditor, Payout) == gate.cards(session, auditor, PaymentOrderLine) == []
    )


def a_match_far(session: Session) -> Match:
    child = a_child(session, a_school(session, "更远的学校"), name="远处")
    return a_match(session, a_pledge(session, "13800000009")[0], child)


def test_a_statement_taken_back_is_not_in_the_pack(session, auditor, world, now) -> None:
    school_id = session.get_one(Child, world[0].child_id).school_id
    officer = viewer(Role.SCHOOL_OFFICER, organisation_id=school_id)
    line = f"{world[0].child_ref}-202609"
    handovers.hand_over_one(session, officer, line, now=now)
    handovers.take_back(session, officer, line, now=now)
    ref = draw(session, auditor, now)

    assert [pack["hand_facts"] for pack in packs(session, auditor, ref, now)] == [[], [], []]


def test_an_opened_pack_is_listed_to_the_childs_family(session, auditor, world, now) -> None:
    draw(session, auditor, now)
    stipend = session.scalars(select(Stipend).where(Stipend.match_id == world[0].id)).one()
    code = session.scalars(select(AuditItem.code).where(AuditItem.stipend_id == stipend.id)).one()
    trace.record(session, auditor, looks.AUDITED, f"audit_item:{code}", now=now)

    def told(match: Match) -> list[tuple]:
        family = viewer(Role.FAMILY, child_id=match.child_id)
        return [(one.role, one.kind) for one in looks.looks_of(session, family, now=now)]

    assert told(world[0]) == [(Role.AUDITOR, LookKind.AUDIT)]
    assert told(world[1]) == []


def test_the_draw_stands_in_the_trace_with_its_seed(session, auditor, world, now) -> None:
    ref = draw(session, auditor, now, size=2)

    entry = session.scalars(select(OrdinaryEntry)).one()
    kept = session.scalars(select(AuditSample)).one()
    assert (entry.act, entry.subject) == ("audit.draw", f"audit_sample:{ref}")
    assert entry.detail == {"size": 2, "population": 3, "seed": kept.seed}
