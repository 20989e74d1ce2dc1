"""The pledge form in the browser's terms: nothing typed is lost, nothing is made twice."""

import base64
import json
import re
import zlib

import pytest
from sqlalchemy import func, select

from config import Mode
from extensions import db
from models.notices import Notice
from models.pledges import Pledge
from privacy import invitations
from tests.factories import a_child, a_list, a_pledge, a_school
from vocabulary.dates import today
from vocabulary.enums import PledgeEnd, PledgeKind, Sex, Stage

FORM = {
    "monthly": "10000",
    "other": "",
    "rhythm": "month",
    "until": "until_stopped",
    "until_count": "",
    "sex": "",
    "stage": "",
    "league": "",
    "naming": "sealed",
    "alias": "",
    "contact": "13900004172",
    "not_relative": "y",
}


def post(client, do="send", **more):
    """Press a button of the form; follow it to the next step, not out of the form."""
    answer = client.post("/pledge", data={**FORM, **more, "do": do})
    inside = (answer.location or "").startswith("/pledge?")
    return client.get(answer.location) if inside else answer


@pytest.fixture
def client(app):
    """Requests share the test's session: what a test has read does not hold them up."""
    app.before_request_funcs.setdefault(None, []).insert(0, db.session.rollback)
    return app.test_client()


def pledges(session):
    session.expire_all()
    return session.scalars(select(Pledge)).all()


@pytest.fixture
def form(client, now):
    """A client that has the form before it."""
    client.get("/pledge")
    return client


def test_a_pledge_leads_to_how_to_pay_on_the_same_phone(form, session):
    answer = post(form)

    pledge = pledges(session)[0]
    assert answer.status_code == 303
    assert answer.location == f"/donor/pledges/{pledge.donor_ref}/pay?fresh=1"
    page = form.get(answer.location).text
    assert "说好了" in page
    assert re.search(r"AX\d{6}", page)
    assert "¥1,200.00" in page


def test_looking_over_keeps_nothing_and_carries_everything(form, session):
    page = post(form, do="check", alias="北方的雪", naming="alias", sex="F", stage="primary").text

    assert pledges(session) == []
    for words in ("核对一遍", "北方的雪", "女孩 · 小学", "13900004172", "¥100"):
        assert words in page
    carried = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    assert carried.pop("csrf_token", "") is not None
    assert carried == {
        **FORM,
        "alias": "北方的雪",
        "naming": "alias",
        "sex": "F",
        "stage": "primary",
    }


@pytest.mark.parametrize(
    ("typed", "rhythm", "fen", "kind"),
    [
        ("１００", "month", 10_000, PledgeKind.CHILD),
        ("100元", "month", 10_000, PledgeKind.CHILD),
        ("￥1,200", "year", 120_000, PledgeKind.CHILD),
        ("８８８元", "month", 88_800, PledgeKind.GAP_FUND),
        ("66.66", "month", 6_666, PledgeKind.GAP_FUND),
    ],
)
def test_any_sum_is_welcome_in_any_spelling(  # noqa: PLR0917 fixtures are arguments
    form, session, typed, rhythm, fen, kind
):
    post(form, monthly="other", other=typed, rhythm=rhythm)

    pledge = pledges(session)[0]
    assert (pledge.instalment_fen, pledge.kind) == (fen, kind)


def test_a_chip_is_a_month_and_a_year_is_twelve(form, session):
    post(form, monthly="15000", rhythm="year", until="count", until_count="3")

    pledge = pledges(session)[0]
    assert (pledge.instalment_fen, pledge.until, pledge.until_count) == (
        180_000,
        PledgeEnd.COUNT,
        3,
    )


def test_before_an_odd_sum_is_sent_the_page_says_where_it_goes_and_why(form):
    page = post(form, do="check", monthly="other", other="888").text

    assert "每月 ¥888，会进爱心备用金" in page
    assert "特别的数会让人认出你" in page
    assert "会进爱心备用金" not in post(form, do="check").text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"contact": "1390000"}, "这不像手机号，也不像邮箱"),
        ({"contact": ""}, "请填手机号或邮箱"),
        ({"not_relative": ""}, "请确认一下"),
        ({"monthly": "other", "other": "很多"}, "请填一个数"),
        ({"monthly": "other", "other": ""}, "请填一个数"),
        ({"monthly": "other", "other": "5"}, "金额要在 10 元到"),
        ({"monthly": "other", "other": "99999999999"}, "金额要在 10 元到"),
        ({"monthly": "other", "other": "9999999"}, "金额要在 10 元到"),
        ({"other": "888"}, "选了 ¥100，又填了别的数"),
        ({"until": "count", "until_count": ""}, "给满几次要填"),
        ({"until": "count", "until_count": "很多"}, "Not a valid integer value"),
        ({"naming": "alias", "alias": ""}, "别名最多 12 个字"),
        ({"naming": "alias", "alias": "加我13900004172"}, "别名最多 12 个字"),
        ({"monthly": "12345"}, "Not a valid choice"),
        ({"league": "110000000000"}, "Not a valid choice"),
    ],
)
def test_a_refused_form_comes_back_filled_in_and_says_why(form, session, wrong, sentence):
    typed = {"alias": "北方的雪🌨𠮷", "contact": "typed@example.org", **wrong}

    for do in ("check", "send"):
        page = post(form, do=do, **typed).text

        assert pledges(session) == []
        assert "你填的都还在" in page
        if not sentence.startswith("Not a"):
            assert sentence in page
        else:
            assert "Not a" not in page
        for name in ("alias", "contact", "other"):
            value = {**FORM, **typed}[name]
            if value:
                assert re.search(rf'name="{name}"[^>]*value="{re.escape(value)}"', page)


def test_to_edit_again_loses_nothing(form):
    page = post(form, do="edit", monthly="20000", stage="junior", contact="a@example.org").text

    assert re.search(r'value="20000" checked', page)
    assert '<option selected value="junior">' in page
    assert 'value="a@example.org"' in page


def test_a_double_click_and_the_back_button_make_one_pledge(form, session):
    first = post(form)
    again = post(form)

    assert len(pledges(session)) == 1
    assert again.location == first.location
    assert "只记了一份" in form.get(again.location).text
    assert "这份认捐已经记下了" in form.get("/pledge").text


def test_two_clicks_at_once_with_the_same_cookie_make_one_pledge(app, form, session):
    """Both requests left before the first answer came: neither knows of the other."""
    cookie = form.get_cookie("weiguang").value
    other = app.test_client()
    other.set_cookie("weiguang", cookie)

    answers = [post(form), post(other)]

    assert len(pledges(session)) == 1
    assert answers[0].location == answers[1].location
    assert other.get(answers[1].location).status_code == 200


def test_another_pledge_is_made_on_purpose(form, session):
    post(form)
    form.get("/pledge?another=1", follow_redirects=True)
    post(form, monthly="20000")

    assert [p.instalment_fen for p in pledges(session)] == [10_000, 20_000]


def test_known_and_unknown_contacts_are_answered_alike(app, session, now):
    """Byte for byte, but for what is drawn at random."""
    a_pledge(session, contact="13900004172")
    session.commit()
    pages = []
    for contact in ("13900004172", "13900004173"):
        client = app.test_client()
        client.get("/pledge")
        answer = post(client, contact=contact)
        ref = answer.location.split("/")[3]
        for page in (client.get(answer.location).text, client.get("/donor/").text):
            pages.append(re.sub(r"AX\d{6}|nonce=\"[^\"]+\"", "", page.replace(ref, "")))

    assert pages[:2] == pages[2:]


def test_the_counter_says_how_many_fit_and_what_a_wish_takes_away(form, session, now):
    assert "第一份还没有列出来" in form.get("/pledge").text
    school = a_school(session)
    for n in range(40):
        sex = Sex.MALE if n < 10 else Sex.FEMALE
        a_child(session, school, sex=sex, stage=Stage.JUNIOR if n < 20 else Stage.PRIMARY)
    a_list(session, now=now)
    session.commit()

    assert "<b>40</b> 位左右孩子在等" in form.get("/pledge").text
    piece = form.get("/pledge/wishes?sex=F&stage=junior").text
    page = post(form, do="count", sex="F", stage="junior", alias="雪").text

    fit = "符合的孩子有 <b>10</b> 位左右在等。"
    words = f"{fit}因为“女孩”，少了 10 位左右，因为“初中”，少了 20 位左右。"
    assert piece.strip() == words
    assert words in page
    assert 'value="雪"' in page
    assert "还差" not in page


def test_wishes_that_one_child_fits_and_that_none_fits_read_alike(form, session, now):
    for n in range(20):
        a_child(session, sex=Sex.FEMALE if n else Sex.MALE)
    a_list(session, now=now)
    session.commit()

    of_one, of_none = (
        form.get(f"/pledge/wishes?sex={sex}&stage={stage}").text.strip()
        for sex, stage in (("M", "primary"), ("F", "senior"))
    )

    few = "合你全部心愿的孩子不多，写出数来可能认出是谁，就不写了。"
    assert (
        of_one
        == f"{few}不看“男孩”，符合的孩子有 <b>20</b> 位左右在等。因为“小学”，少了 不足 10 位。"
    )
    assert of_none == f"{few}不看“女孩”、“高中（中职）”，现在有 <b>20</b> 位左右孩子在等。"


def test_by_invitation_only_a_code_opens_the_form_and_typed_words_go_through(
    app, client, session, now
):
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = type(settings)(**{**vars(settings), "pledges": "invited"})
    assert app.config["SETTINGS"].mode is Mode.TEST
    code = invitations.make(app.config["SECRET_KEY"], today(now))

    closed = client.get("/pledge").text
    sent = post(client)
    wrong = post(client, do="edit", invitation="20990101-AAAA-AAAA-AAAA").text
    opened = post(client, do="edit", invitation=code.lower()).text

    assert "现在凭邀请认捐" in closed
    assert "现在凭邀请认捐" in sent.text
    assert "这个邀请码用不了" in wrong
    assert 'name="contact" value="13900004172"' in wrong
    assert "每个月多少" in opened
    assert 'value="13900004172"' in opened
    assert post(client).status_code == 303
    assert len(pledges(session)) == 1


def test_a_new_link_answers_known_and_unknown_byte_for_byte_alike(app, client, session, now):
    a_pledge(session, contact="13900004172")
    session.commit()

    answers = []
    for contact in ("13900004172", "13911111111"):
        answer = client.post("/relink", data={"contact": contact})
        answers.append((answer.status_code, answer.location, answer.data))

    assert answers[0] == answers[1]
    assert session.scalar(select(func.count()).select_from(Notice)) == 1
    assert "如果我们认得它，链接几分钟内就到" in client.get(answers[0][1]).text


def test_a_new_link_for_no_contact_is_refused_with_the_words_kept(client, now):
    page = client.post("/relink", data={"contact": "139 0000"}).text

    assert "这不像手机号" in page
    assert 'value="139 0000"' in page


def test_the_totals_page_without_figures_says_when_they_come(client, now):
    assert "每个月初在这里公布上个月的数" in client.get("/totals").text


def test_every_step_of_the_form_has_an_address_to_come_back_to(form, session):
    """The back button must never stand before "send this form again?", with all that was typed."""
    typed = {
        **FORM,
        "contact": " A@Example.org ",
        "naming": "alias",
        "alias": "雪",
        "rhythm": "term",
    }
    refused = form.post("/pledge", data={**typed, "contact": "谁", "do": "check"})
    passed = form.post("/pledge", data={**typed, "do": "check"})

    assert (refused.status_code, passed.status_code) == (303, 303)
    assert passed.location == "/pledge?step=check"
    for _ in range(2):
        page = form.get(passed.location).text
        assert "核对一遍" in page
        assert "a@example.org" in page
    back = form.get("/pledge").text
    assert 'value=" A@Example.org "' in back
    assert 'value="雪"' in back
    assert "还差" not in back
    assert pledges(session) == []


def test_what_was_typed_leaves_the_phone_with_the_pledge(form, session):
    post(form, do="check", contact="13900004172")
    post(form, contact="13900004172")
    form.get("/pledge?another=1")

    assert "13900004172" not in form.get("/pledge").text
    assert "核对一遍" not in form.get("/pledge?step=check").text


def test_one_pledge_may_be_for_several_children(form, session):
    page = post(form, do="check", children_wanted="3", rhythm="term").text
    answer = post(form, children_wanted="3", rhythm="term")

    kept = pledges(session)[0]
    assert "¥1,800（3 个孩子，每个 ¥600）" in page
    assert (kept.children_wanted, kept.instalment_fen) == (3, 60_000)
    paying = form.get(answer.location).text
    assert "每学期 ¥1,800（3 个孩子，每个 ¥600）" in paying
    assert "¥3,600.00" in paying
    assert "请付第一笔 ¥1,800" in form.get("/donor/").text


def test_a_stage_after_the_graduation_is_refused_on_the_spot(form, session):
    page = post(form, do="check", until="junior", stage="senior").text

    assert pledges(session) == []
    assert "想帮的学段在毕业以后" in page


def test_all_that_is_wrong_is_said_at_once(form):
    page = post(form, do="check", naming="alias", alias="13900004172", contact="谁").text

    assert "还差 2 处" in page


def test_every_page_says_what_the_gap_fund_does_and_none_promises_more(form, session):
    """It pays first as far as it reaches: nobody is promised that it always does."""
    pages = [form.get("/").text, form.get("/pledge").text]
    pages.append(post(form, do="check", monthly="other", other="888").text)
    pages.append(form.get(post(form, monthly="other", other="888").location).text)
    pages.append(form.get("/donor/").text)
    for page in pages:
        for promise in ("断了就补", "不会断", "照常收到", "一定"):
            assert promise not in page
        assert "爱心备用金" not in page or "到期那天先由它付" in page
    assert "结对" not in re.sub(
        r"<title>.*?</title>", "", pages[-1].split("<main")[1].split("</main")[0]
    )


def test_the_cookie_tells_nobody_what_was_typed(form, client):
    """Signed is not hidden: every layer of the cookie is opened, as a borrower of the phone would."""
    post(form, "check", contact="13900004172", alias="北方的雪", naming="alias")
    cookie = form.get_cookie("weiguang")
    assert cookie is not None
    payload = cookie.value.lstrip(".").split(".")[0]
    raw = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    opened = zlib.decompress(raw) if cookie.value.startswith(".") else raw
    draft = json.loads(opened)["pledge_draft"]
    inner = base64.urlsafe_b64decode(draft)

    for secret in ("13900004172", "北方的雪"):
        for layer in (raw, opened, inner):
            assert secret.encode() not in layer
            assert json.dumps(secret).strip('"').encode() not in layer
    with pytest.raises(zlib.error):
        zlib.decompress(inner[12:])
    assert "13900004172" in form.get("/pledge?step=check").get_data(as_text=True)


@pytest.mark.parametrize("planted", ["", "AAAA", "no base 64", "{}"])
def test_a_draft_that_does_not_open_is_an_empty_form(form, planted):
    with form.session_transaction() as cookie:
        cookie["pledge_draft"] = planted

    answer = form.get("/pledge?step=check")

    assert answer.status_code == 200
    assert "13900004172" not in answer.get_data(as_text=True)
