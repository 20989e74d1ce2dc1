"""A card is its guardian's or the child's own, two people's word, and three days old before it is paid."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.amendments import Amendment
from models.children import Kin
from models.ledger import Posting
from models.notices import Notice
from models.payment_orders import PaymentOrderLine
from models.routes import BankCard, ChildRoute
from models.stipends import Batch, Stipend
from services.batches import bank_answers, batches, orders, returns
from services.batches.bank_answers import Told
from services.checking import checks
from services.children import amendments
from services.kin import changes
from services.notices import addressing
from services.retention import retention_children
from services.routes import arrivals, asking, cards, deciding, desk, holding
from services.routes.deciding import Way
from tests.factories import a_child, a_school, viewer
from tests.services.routes.worlds import (
    CARD,
    DESK,
    ENGINE,
    FIRST,
    OTHER_CARD,
    SECOND,
    a_card,
    a_pupil,
    guardian,
    morning,
)
from vocabulary.dates import at
from vocabulary.enums import (
    AccountKind,
    AmendmentStatus,
    BankAnswer,
    BatchStatus,
    KinRole,
    NoticeKind,
    Role,
    Route,
    RouteReason,
)
from vocabulary.errors import ActedBefore, BadInput

TODAY = date(2026, 11, 21)
HOLDS = TODAY + timedelta(days=4)
DECEMBER = date(2026, 12, 1)
BOOKS = (
    "whose_postings",
    "accounts_of_done",
    "balances",
    "ledger_against_facts",
    "ways",
    "batches",
)


def ask(session, child, number=CARD, *, on=TODAY, **more) -> str:
    kin = guardian(session, child)
    said = {"holder": kin.ref, "name": kin.name, "bank": "某农村信用社", "number": number} | more
    return asking.ask_card(session, FIRST, child.ref, **said, reason="办了一卡通", now=at(on))


def on_card(session, *, on=TODAY, n=1, number=CARD):
    """A pupil whose money comes to a card, with the instalments of a morning in a batch."""
    child, match = a_pupil(session, a_school(session, f"第{n}小学"), n)
    card = a_card(session, child, number, on=on)
    way = Way(Route.CARD, RouteReason.CARD_READY, on + timedelta(days=4))
    deciding.decide(session, FIRST, child.ref, way, now=at(on + timedelta(days=4)))
    return child, match, card


def sound(session, *, now) -> bool:
    report = checks.report(session, viewer(Role.AUDITOR), now=now)
    return not [one for one in report["checks"] if one["name"] in BOOKS and one["count"]]


@pytest.mark.parametrize(
    ("more", "field", "reason"),
    [
        ({"number": "622202000000000001"}, "number", "card_checksum"),
        ({"number": "62220200000"}, "number", "card_length"),
        ({"number": "62220200000000000a8"}, "number", "card_length"),
        ({"name": "王老师"}, "name", "holder_differs"),
        ({"holder": "", "name": "陈奶奶"}, "name", "holder_differs"),
        ({"holder": "NOBODY"}, "holder", "not_guardian"),
    ],
)
def test_a_card_that_is_not_the_guardians_or_the_childs_is_refused(
    session, more, field, reason
) -> None:
    child = a_child(session, a_school(session))

    with pytest.raises(BadInput) as refusal:
        ask(session, child, **more)

    assert refusal.value.params == {"field": field, "reason": reason}


def test_a_carers_card_is_refused(session) -> None:
    child = a_child(session, a_school(session))
    carer = Kin(child_id=child.id, kin_role=KinRole.CARER, relation="姑姑", name="陈姑姑")
    session.add(carer)
    session.flush()

    with pytest.raises(BadInput) as refusal:
        ask(session, child, holder=carer.ref, name="陈姑姑")

    assert refusal.value.params == {"field": "holder", "reason": "not_guardian"}


def test_names_are_compared_without_gaps_and_dots_and_the_childs_own_card_is_good(session) -> None:
    child = a_child(session, a_school(session), name="乌云·其木格")

    ref = ask(session, child, holder="", name="乌云 其木格", number="6222 0200 0000 0000 018")

    row = session.scalars(select(Amendment).where(Amendment.ref == ref)).one()
    assert (row.name, row.number, row.kin_id) == ("乌云·其木格", CARD, None)


def test_one_person_alone_changes_no_card_and_both_type_the_same_number(session) -> None:
    child = a_child(session, a_school(session))
    ref = ask(session, child)

    with pytest.raises(ActedBefore):
        amendments.agree(session, FIRST, ref, again=CARD, now=at(TODAY))
    with pytest.raises(BadInput):
        amendments.agree(session, SECOND, ref, again=OTHER_CARD, now=at(TODAY))

    assert amendments.agree(session, SECOND, ref, again=CARD, now=at(TODAY)) == HOLDS
    assert session.scalars(select(BankCard)).all() == []


def test_every_guardian_is_told_at_once_and_the_card_holds_after_three_days(session) -> None:
    child = a_child(session, a_school(session))
    old = guardian(session, child)
    old.until_on = TODAY - timedelta(days=10)
    new = Kin(
        child_id=child.id,
        kin_role=KinRole.GUARDIAN,
        relation="舅舅",
        name="王舅",
        phone="13900000009",
    )
    session.add(new)
    session.flush()
    ref = asking.ask_card(
        session, FIRST, child.ref, holder=new.ref, name="王舅", bank="某社", number=CARD,
        reason="换监护人", now=at(TODAY),
    )  # fmt: skip
    amendments.agree(session, SECOND, ref, again=CARD, now=at(TODAY))

    told = select(Notice.recipient_id).where(Notice.kind == NoticeKind.CARD_CHANGES)
    assert sorted(session.scalars(told)) == sorted([old.id, new.id])
    early = HOLDS - timedelta(days=1)
    assert holding.take_effect(session, ENGINE, on=early, now=at(early)) == 0
    assert holding.take_effect(session, ENGINE, on=HOLDS, now=at(HOLDS)) == 1
    card = session.scalars(select(BankCard)).one()
    assert (card.holder, card.tail, card.since_on) == ("王舅", "0018", HOLDS)


def test_a_guardian_whose_telephone_was_written_down_as_lost_is_told_there(session) -> None:
    child = a_child(session, a_school(session))
    kin = guardian(session, child)
    kin.phone = "13900000091"
    session.flush()
    changes.lose_phone(session, FIRST, child.ref, kin.ref, now=at(TODAY))
    ref = ask(session, child)
    amendments.agree(session, SECOND, ref, again=CARD, now=at(TODAY))

    notice = session.scalars(select(Notice).where(Notice.kind == NoticeKind.CARD_CHANGES)).one()
    person = addressing.find(session, notice, now=at(TODAY), staff_by=frozenset())
    assert person.address is not None and person.address.to == "13900000091"


def test_a_holder_who_lost_custody_within_the_three_days_gets_no_card(session) -> None:
    child = a_child(session, a_school(session))
    ref = ask(session, child)
    amendments.agree(session, SECOND, ref, again=CARD, now=at(TODAY))
    guardian(session, child).until_on = TODAY + timedelta(days=1)

    holding.take_effect(session, ENGINE, on=HOLDS, now=at(HOLDS))

    row = session.scalars(select(Amendment)).one()
    assert row.status is AmendmentStatus.TURNED_DOWN
    assert session.scalars(select(BankCard)).all() == []


def test_an_order_has_one_line_a_card_and_the_desk_reads_the_payee_alone(session) -> None:
    on_card(session, n=1)
    on_card(session, n=2, number=OTHER_CARD)
    morning(session, DECEMBER)
    now = at(DECEMBER)

    listed = orders.with_accounts(session, DESK)
    ref = orders.prepare(session, DESK, [card["ref"] for card in listed], now=now)
    shown, (_, taken) = (
        orders.detail(session, DESK, ref),
        orders.take(session, DESK, ref, "xlsx", now=now),
    )

    assert [card["card"]["holder"] for card in listed] == ["陈奶奶", "陈奶奶"]
    assert all(CARD not in str(card) and OTHER_CARD not in str(card) for card in listed)
    assert sorted(line["number"] for line in shown["lines"]) == ["尾号 0018", "尾号 4569"]
    assert sorted(line.number for line in taken) == sorted([CARD, OTHER_CARD])
    assert all(line.words.startswith("FK") and len(line.words) == 8 for line in taken)


def test_nothing_goes_to_either_card_while_another_waits(session) -> None:
    child, _, _ = on_card(session)
    morning(session, DECEMBER)
    ref = ask(session, child, OTHER_CARD, on=DECEMBER)
    amendments.agree(session, SECOND, ref, again=OTHER_CARD, now=at(DECEMBER))

    (card,) = orders.with_accounts(session, DESK)

    assert (card["may_order"], card["changes_on"]) == (False, DECEMBER + timedelta(days=4))
    with pytest.raises(BadInput) as refusal:
        orders.prepare(session, DESK, [card["ref"]], now=at(DECEMBER))
    assert refusal.value.params == {
        "field": "batch",
        "reason": "account_changes",
        "memos": card["memo"],
    }


def test_two_months_of_one_child_that_waited_go_to_its_card_in_one_order(session) -> None:
    on_card(session)
    january = date(2027, 1, 1)
    morning(session, DECEMBER)
    morning(session, january)

    listed = orders.with_accounts(session, DESK)
    ref = orders.prepare(session, DESK, [card["ref"] for card in listed], now=at(january))

    lines = orders.detail(session, DESK, ref)["lines"]
    assert len(listed) == len(lines) == 2
    assert {line["number"] for line in lines} == {"尾号 0018"}
    assert len({line["words"] for line in lines}) == 2


def test_unsent_money_goes_to_the_new_card(session) -> None:
    child, _, old = on_card(session)
    morning(session, DECEMBER)
    new = a_card(session, child, OTHER_CARD, on=DECEMBER)
    day = DECEMBER + timedelta(days=4)

    morning(session, day)

    used = select(Batch.card_id).join(Stipend, Stipend.batch_id == Batch.id).distinct()
    assert session.scalars(used).all() == [new.id]
    assert old.ended_on == day


def paid(session, *, on=DECEMBER) -> list[Batch]:
    """Every card's batch ordered, and on the bank's statement a day later."""
    found = list(session.scalars(select(Batch).where(Batch.route == Route.CARD)))
    orders.prepare(session, DESK, [batch.ref for batch in found], now=at(on))
    for batch in found:
        told = Told(BankAnswer.PAID, on=on)
        bank_answers.answer(session, DESK, batch.ref, told, now=at(on))
        batch.bank_on = on
    session.flush()
    return found


def test_the_statement_says_that_a_card_has_it_and_books_it_by_card(session) -> None:
    _, _, card = on_card(session)
    morning(session, DECEMBER)
    (batch,) = paid(session)
    soon, day = DECEMBER + timedelta(days=2), DECEMBER + timedelta(days=3)

    assert arrivals.settle(session, ENGINE, on=soon, now=at(soon)) == 0
    assert arrivals.settle(session, ENGINE, on=day, now=at(day)) == 1
    assert arrivals.settle(session, ENGINE, on=day, now=at(day)) == 0

    assert batch.status is BatchStatus.CLOSED
    assert set(session.scalars(select(Stipend.handed_over_on))) == {day}
    transit = select(Posting.card_id).where(Posting.account == AccountKind.IN_TRANSIT)
    assert set(session.scalars(transit)) == {card.id}
    assert sound(session, now=at(day))


@pytest.mark.parametrize("arrived", [False, True])
def test_one_bad_card_reopens_its_own_stipends_alone(session, arrived) -> None:
    child, _, card = on_card(session, n=1)
    other, _, _ = on_card(session, n=2, number=OTHER_CARD)
    morning(session, DECEMBER)
    paid(session)
    day = DECEMBER + timedelta(days=3)
    if arrived:
        arrivals.settle(session, ENGINE, on=day, now=at(day))
    bad = session.scalars(select(Batch).where(Batch.card_id == card.id)).one()

    returns.bounce(session, bad, on=day, by=viewer(Role.COLLECTING_DESK), now=at(day))
    morning(session, day + timedelta(days=1))

    sent = (
        select(Batch.card_id)
        .join(Stipend, Stipend.batch_id == Batch.id)
        .where(Stipend.sent_on.is_not(None))
    )
    assert set(session.scalars(sent)) == {cards.usable(session, other.id).id}
    assert [one["ref"] for one in desk.without_card(session, FIRST)] == [child.ref]
    waits = session.scalars(select(Stipend).where(Stipend.batch_id.is_(None))).all()
    assert len(waits) == 4
    assert sound(session, now=at(day))
    a_card(session, child, OTHER_CARD, on=day)
    morning(session, day + timedelta(days=4))
    assert session.scalars(select(Stipend.id).where(Stipend.batch_id.is_(None))).all() == []
    assert sound(session, now=at(day))


def test_a_guardian_who_is_none_any_more_is_paid_nothing(session) -> None:
    child, _, _ = on_card(session)
    morning(session, DECEMBER)
    guardian(session, child).until_on = DECEMBER
    session.flush()

    with pytest.raises(BadInput) as refusal:
        orders.prepare(
            session,
            DESK,
            [card["ref"] for card in batches.to_send(session, DESK)],
            now=at(DECEMBER),
        )

    assert refusal.value.params["reason"] == "no_account"
    assert [one["ref"] for one in desk.without_card(session, FIRST)] == [child.ref]


def test_the_check_names_an_order_whose_account_and_digest_were_changed_together(session) -> None:
    on_card(session)
    morning(session, DECEMBER)
    refs = [card["ref"] for card in batches.to_send(session, DESK)]
    ref = orders.prepare(session, DESK, refs, now=at(DECEMBER))
    assert found(session) == []
    line = session.scalars(select(PaymentOrderLine)).one()
    line.number = OTHER_CARD
    session.flush()
    assert found(session) == [f"拨付单 {ref}：里面写的和做的时候不一样"]
    order = session.get_one(orders.PaymentOrder, line.order_id)
    values = (line.payee, line.number, line.bank, line.fen, line.words)
    order.digest = orders.digest_of([orders.Payment(*values)])
    session.flush()
    assert found(session) == [f"拨付单 {ref}：摘要和工作记录里的不一样"]


def found(session) -> list[str]:
    report = checks.report(session, viewer(Role.AUDITOR), now=at(DECEMBER))
    return next(one for one in report["checks"] if one["name"] == "payment_orders")["findings"]


def test_when_a_childs_details_are_let_go_its_card_goes_too(session) -> None:
    child, _, card = on_card(session)

    retention_children.erase(session, ENGINE, child, now=at(TODAY))

    assert (card.holder, card.bank, card.number, card.tail) == ("", "", "", "")
    assert set(session.scalars(select(ChildRoute.note))) == {None}


def test_who_held_the_card_is_told_by_no_change_of_it_either(session) -> None:
    child, _, card = on_card(session)
    holder = card.holder
    asked = session.scalars(select(Amendment).where(Amendment.child_id == child.id)).all()
    assert {one.name for one in asked} == {holder}

    retention_children.erase(session, ENGINE, child, now=at(TODAY))

    assert {(one.name, one.bank, one.bank_before) for one in asked} == {("", None, None)}
