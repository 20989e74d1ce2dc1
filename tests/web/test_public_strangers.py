"""What a stranger may learn from the pledge form: how many fit, and never who or whether."""

import re

from sqlalchemy import func, select

from models.notices import Notice
from tests.factories import a_child, a_list, a_pledge, a_school
from tests.web.pledge_form import post
from vocabulary.enums import Sex, Stage


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
