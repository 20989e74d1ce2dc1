"""Visits and fading pairs on the pages: her phone, the staff's desk, the guardian's own link."""

import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from extensions import db
from models.care import CareMatch
from models.trace import OrdinaryEntry
from models.visits import FadingNote, Visit
from models.volunteers import Volunteer
from services.letters import letter_links
from tests.factories import viewer
from tests.services.care.worlds import World, a_pair, a_world
from tests.web.desks import body, colleague, post
from vocabulary.dates import today
from vocabulary.enums import FadingStep, Role, VisitRhythm


@pytest.fixture
def world(app: Flask, session: Session, now: datetime) -> World:
    made = a_world(session, now)
    made.pair = a_pair(
        session, made.child, made.mother, now, decided_on=today(now) - timedelta(days=90)
    )
    session.commit()
    made.address = f"/volunteer/visits/{made.pair.her_ref}"
    return made


def told(now: datetime, **more: str) -> dict[str, str]:
    return {"met_on": today(now).isoformat(), "kind": "visit", "mood": "good"} | more


def kept(session: Session) -> list[Visit]:
    db.session.rollback()
    return list(session.scalars(select(Visit).order_by(Visit.id)))


def test_her_page_is_empty_first_and_two_taps_write_a_visit_down(
    app: Flask, session: Session, world: World, now: datetime
) -> None:
    mother = colleague(app, "mama")
    assert "还没有记过" in body(mother, world.address)
    assert "记一次" in body(mother, "/volunteer/")

    answer = post(mother, world.address, **told(now, signs="unwell"))

    assert answer.status_code == 303
    page = body(mother, world.address)
    assert "不错 · 身体不舒服" in page and "记错了，撤回" in page
    assert f"上次 {today(now).month}月{today(now).day}日" in body(mother, "/volunteer/")
    post(mother, f"/volunteer/visits/{kept(session)[0].her_ref}/take-back")
    assert "还没有记过" in body(mother, world.address)


def test_a_refused_form_comes_back_filled_in_with_what_to_do(
    app: Flask, session: Session, world: World, now: datetime
) -> None:
    mother = colleague(app, "mama")

    page = post(mother, world.address, **told(now, mood="", words="下棋了。")).get_data(
        as_text=True
    )

    assert "点一下孩子今天怎样" in page and "下棋了。" in page and kept(session) == []
    post(mother, world.address, **told(now))
    again = post(mother, world.address, **told(now)).get_data(as_text=True)
    assert "这一天已经记过了" in again and len(kept(session)) == 1


def test_a_name_in_the_sentence_is_asked_about_once_and_a_worry_never(
    app: Flask, session: Session, world: World, now: datetime
) -> None:
    mother, words = colleague(app, "mama"), "她妈妈的电话是13812345678。"

    page = post(mother, world.address, **told(now, words=words)).get_data(as_text=True)
    assert "还没有记，先看一眼" in page and kept(session) == []
    post(mother, world.address, **told(now, words=words, sure="y"))
    assert [one.words for one in kept(session)] == [words]
    worried = post(mother, world.address, **told(now, kind="call", words=words, is_worry="y"))
    assert worried.status_code == 303 and kept(session)[-1].is_worry
    assert "经办人今天给你打电话" in body(mother, world.address)


def test_a_worry_stands_first_counts_in_the_menu_and_is_taken_up_once(
    app: Flask, session: Session, world: World, now: datetime
) -> None:
    post(colleague(app, "mama"), world.address, **told(now, is_worry="y", mood=""))
    post(colleague(app, "mama"), world.address, **told(now, kind="call"))
    worker, other = colleague(app, "worker"), colleague(app, "worker2")
    page = body(worker, "/staff/visits/")
    assert page.index("她有点担心") < page.index("打电话</")
    assert "陪伴记录" in body(worker, "/staff/")

    (worry,) = [one for one in kept(session) if one.is_worry]
    for client in (worker, other):
        post(client, f"/staff/visits/{worry.ref}/take-up")

    assert "李晓燕在跟进" in body(other, "/staff/visits/")
    assert "经办人在跟进" in body(colleague(app, "mama"), world.address)
    acts = session.scalars(select(OrdinaryEntry.act)).all()
    assert acts.count("visit.record") == 2 and acts.count("visit.take_up") == 1


def test_the_guardian_reads_the_day_and_nobody_behind_a_slip_or_without_a_link(
    app: Flask, session: Session, world: World, now: datetime
) -> None:
    post(colleague(app, "mama"), world.address, **told(now, words="他有点怕爷爷。", is_worry="y"))
    by = viewer(Role.ENGINE)
    token = letter_links.make(session, by, f"letters:{world.child.ref}", now=now)
    session.commit()
    guardian = app.test_client()
    guardian.get(f"/p/{token}")

    page = body(guardian, "/family/visits")

    assert f"{today(now).year}年{today(now).month}月{today(now).day}日" in page and "见面" in page
    assert not re.search("怕爷爷|担心|不错", page)
    assert app.test_client().get("/family/visits").status_code == 302


def test_staff_write_one_down_agree_on_a_rhythm_and_see_both(
    app: Flask, session: Session, world: World, now: datetime
) -> None:
    worker, ref = colleague(app, "worker"), world.pair.ref
    assert "还没有记过见面" in body(worker, f"/staff/care/{ref}")

    post(worker, f"/staff/visits/of/{ref}", **told(now))
    post(worker, f"/staff/visits/of/{ref}/rhythm", rhythm="fortnight")
    post(worker, f"/staff/visits/of/{ref}/rhythm", rhythm="daily")

    page = body(worker, f"/staff/care/{ref}")
    assert "同事替她记的" in page and "先选多久见一次" in page
    db.session.rollback()
    assert session.scalars(select(CareMatch.rhythm)).one() is VisitRhythm.FORTNIGHT
    assert "约好两周一次" in body(colleague(app, "mama"), world.address)


def test_a_pair_that_fades_is_said_in_sentences_and_acted_on(
    app: Flask, session: Session, world: World, now: datetime
) -> None:
    worker, address = colleague(app, "worker"), f"/staff/fading/volunteers/{world.pair.ref}"
    page = body(worker, "/staff/fading/")
    assert "一次也没有记过，90 天了，少了 2 次" in page
    assert not re.search(r"分数|得分|匹配度|\d+ 分", page)

    refused = post(worker, f"{address}/note", step="noted").get_data(as_text=True)
    assert "写一句记的是什么" in refused
    post(worker, f"{address}/note", step="talked", words="路不好走。")
    assert "谈过了" in body(worker, address) and "路不好走。" in body(worker, address)
    post(worker, f"{address}/note", step="successor")
    assert "没有快断的" in body(worker, "/staff/fading/")
    assert "起在找接着陪的人" in body(worker, f"/staff/care/{world.pair.ref}")
    assert "要交接" in body(worker, "/staff/care/?show=leaving")
    post(worker, f"{address}/keep-on")

    db.session.rollback()
    steps = session.scalars(select(FadingNote.step).order_by(FadingNote.id)).all()
    assert steps == [FadingStep.TALKED, FadingStep.SUCCESSOR]
    assert session.scalars(select(CareMatch.successor_asked_on)).one() is None


def test_staff_note_the_day_a_volunteer_told_by_telephone_and_take_it_back(
    app: Flask, session: Session, world: World, now: datetime
) -> None:
    worker, address = colleague(app, "worker"), f"/staff/volunteers/{world.mother.ref}"
    past, day = (today(now) + timedelta(days=n) for n in (-1, 20))

    assert "今天起一年以内" in post(worker, f"{address}/leaves", on=past.isoformat()).get_data(
        as_text=True
    )
    post(worker, f"{address}/leaves", on=day.isoformat())

    assert f"她陪到{day.year}年{day.month}月{day.day}日" in body(worker, address)
    assert f"你陪到{day.year}年" in body(colleague(app, "mama"), "/volunteer/")
    db.session.rollback()
    assert session.scalars(select(Volunteer.leaves_on)).one() == day
    post(worker, f"{address}/stays")
    db.session.rollback()
    assert session.scalars(select(Volunteer.leaves_on)).one() is None
    assert "她说要停下来" in body(worker, address)
