"""The pledge form in the browser's terms: nothing typed is lost, nothing is made twice."""

import base64
import json
import re
import zlib

import pytest

from config import Mode
from privacy import invitations
from tests.web.pledge_form import FORM, pledges, post
from vocabulary.dates import today
from vocabulary.enums import PledgeEnd, PledgeKind


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


def test_the_cookie_tells_nobody_what_was_typed(form):
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
