"""What a stopped pledge had left: its donor says on his page, two desks pay it back without a name."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.pledges import Pledge
from models.rests import PayBack, RestAnswer
from privacy import viewers
from services import links
from services.giving import resting
from services.links import Subject
from services.vault import vault
from tests.factories import PASSWORD, an_account
from tests.services.gap_fund import OCTOBER, SEPTEMBER
from tests.services.rests.test_paying_back import released
from tests.services.rests.world import PAYER, donor_of, stopped
from vocabulary import clock
from vocabulary.dates import at
from vocabulary.enums import LinkPurpose, PayBackStatus, RestWay, Role

NUMBER = "6222020000000000018"


def text(answer) -> str:
    return answer.get_data(as_text=True)


def desk(app: Flask, session: Session, login: str, role: Role) -> FlaskClient:
    an_account(session, role, login=login, region_code="150000000000")
    session.commit()
    client = app.test_client()
    client.post("/login", data={"login": login, "password": PASSWORD})
    return client


def donor(app: Flask, session: Session, pledge: Pledge) -> FlaskClient:
    subject = Subject(donor_id=vault.donor_of_pledge(session, pledge.id))
    token = links.make(
        session, viewers.public(), LinkPurpose.DONOR_HOME, subject, now=at(OCTOBER, 10)
    )
    session.commit()
    client = app.test_client()
    client.get(f"/d/{token}")
    client.post(f"/d/{token}")
    return client


def test_its_donor_chooses_once_by_the_sum_he_read(app: Flask, session: Session) -> None:
    pledge, _ = stopped(session, paid=SEPTEMBER, until=OCTOBER)
    ref = pledge.donor_ref
    with clock.moved_to(at(OCTOBER, 10)):
        him = donor(app, session, pledge)
        home, page = text(him.get("/donor/")), text(him.get(f"/donor/rests/{ref}"))
        assert "¥240" in home
        assert "怎么用，你来定" in home
        assert "给下一个孩子" in page
        assert "请选一个" in text(him.post(f"/donor/rests/{ref}", data={"seen": "24000"}))
        stale = text(him.post(f"/donor/rests/{ref}", data={"seen": "1", "way": "to_fund"}))
        assert "余下的数不一样了" in stale
        assert session.scalars(select(RestAnswer)).all() == []
        session.rollback()
        said = him.post(f"/donor/rests/{ref}", data={"seen": "24000", "way": "pay_back"})
        assert said.status_code == 303, text(said)[-3000:]
        assert "正在退回" in text(him.get(said.location))
        again = him.post(f"/donor/rests/{ref}", data={"seen": "24000", "way": "to_fund"})
        assert again.status_code == 200


def test_two_and_the_paying_desk_pay_it_back_and_no_name_reaches_it(
    app: Flask, session: Session
) -> None:
    pledge, _ = stopped(session, paid=SEPTEMBER, until=OCTOBER)
    way = RestWay.PAY_BACK.value
    resting.answer(session, donor_of(session, pledge), pledge.donor_ref, way, now=at(OCTOBER, 9))
    own = f"/staff/pay-backs/{session.scalars(select(PayBack.ref)).one()}"
    with clock.moved_to(at(OCTOBER, 10)):
        one, two = (desk(app, session, login, Role.COLLECTING_DESK) for login in ("one", "two"))
        paying = desk(app, session, "bofu", Role.PAYING_DESK)
        said = {"holder": "别人", "bank": "工行", "account": NUMBER}
        answers = [
            text(one.get("/staff/pay-backs/")),
            text(one.post(own, data=said)),
            one.post(own, data={**said, "holder": PAYER}).status_code,
            text(one.get(own)),
            text(two.post(f"{own}/agree", data={"again": "1"})),
            two.post(f"{own}/agree", data={"again": NUMBER}).status_code,
            text(paying.get("/staff/pay-backs/release")),
            paying.post(f"{own}/release").status_code,
            text(one.post(f"{own}/order")),
            two.post(f"{own}/paid", data={"on": "2026-10-01"}).status_code,
        ]
    wanted = (
        PAYER, "付款户名不一样", 303, "要另一位同事来核对", "照银行回单再输一遍", 303, "TK", 303,
        "贰佰肆拾元整", 303,
    )  # fmt: skip
    for want, got in zip(wanted, answers, strict=True):
        assert want == got or (isinstance(got, str) and str(want) in got)
    assert PAYER not in answers[6]
    assert NUMBER in answers[8]
    assert session.scalars(select(PayBack.status)).one() is PayBackStatus.PAID


def test_what_the_bank_refused_is_typed_anew(app: Flask, session: Session) -> None:
    pledge, _ = stopped(session, paid=SEPTEMBER, until=OCTOBER)
    way = RestWay.PAY_BACK.value
    resting.answer(session, donor_of(session, pledge), pledge.donor_ref, way, now=at(OCTOBER, 9))
    ref = session.scalars(select(PayBack.ref)).one()
    released(session, ref)
    own = f"/staff/pay-backs/{ref}"
    with clock.moved_to(at(OCTOBER, 12)):
        one = desk(app, session, "one", Role.COLLECTING_DESK)
        assert "银行没办成，钱没有出去" in text(one.get(own))
        assert "请写问了银行哪一位" in text(one.post(f"{own}/refused", data={"note": ""}))
        said = one.post(f"{own}/refused", data={"note": "王柜员：账号少一位"})
        listed, old = text(one.get(said.location)), text(one.get(own))
        late = text(one.post(f"{own}/paid", data={"on": "2026-10-01"}))
    assert said.status_code == 303
    assert "等填账户" in listed
    assert "银行没办成，另开了一笔" in listed
    assert "王柜员：账号少一位" in old
    assert "另开了一笔重办" in late


def test_empty_desks_say_what_will_stand_there(app: Flask, session: Session) -> None:
    one = desk(app, session, "one", Role.COLLECTING_DESK)
    paying = desk(app, session, "bofu", Role.PAYING_DESK)

    assert "没有要退的" in text(one.get("/staff/pay-backs/"))
    assert "没有要改的" in text(one.get("/staff/receipt-moves/"))
    assert "没有等放行的" in text(paying.get("/staff/pay-backs/release"))
    assert "没有等你认的" in text(paying.get("/staff/line-ties/"))
