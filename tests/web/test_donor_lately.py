"""最近活动 of a donor: by day, his own alone; and an end to every link that may have gone astray."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from extensions import db
from models.notices import Notice
from models.pledges import Pledge
from models.trace import CustodianEntry
from privacy.viewers import engine
from services import links
from services.links import Subject
from services.oversight import own_record
from services.pledges import pledges
from services.pledges.pledges import PledgeTerms
from services.vault import vault
from vocabulary.enums import LinkPurpose, NoticeKind, Rhythm
from vocabulary.errors import LinkExpired, NotFound
from vocabulary.money import Fen

CONTACT, OTHER = "13812345678", "13887654321"


@pytest.fixture
def client(app):
    app.before_request_funcs.setdefault(None, []).insert(0, db.session.rollback)
    return app.test_client()


def pledged(session, now, contact):
    terms = PledgeTerms(instalment_fen=Fen(10_000), rhythm=Rhythm.MONTH, not_relative=True)
    made = pledges.offer(session, terms, contact, now=now)
    return made, vault.find_donor_by_contact(session, contact)


def link_of(session, donor_id, now):
    subject = Subject(donor_id=donor_id)
    token = links.make(session, engine(), LinkPurpose.DONOR_HOME, subject, now=now)
    session.commit()
    return token


def mark_of(page):
    return page.partition('name="mark" value="')[2].partition('"')[0]


def key_of(session, made):
    return session.scalars(select(Pledge.id).where(Pledge.donor_ref == made.ref)).one()


def test_a_donor_reads_by_day_what_was_done_behind_his_links_and_no_hour(client, session, now):
    _, me = pledged(session, now, CONTACT)
    _, other = pledged(session, now, OTHER)
    client.get(f"/d/{link_of(session, other, now)}")
    client.get(f"/d/{link_of(session, me, now)}")
    client.get("/donor/")
    client.get("/donor/")

    page = client.get("/donor/activity").text

    assert "打开专用链接" in page
    assert page.count("看自己的认捐") == 1
    assert "2 次" in page
    assert ">1 次<" in page
    assert now.astimezone().strftime("%H:%M") not in page


def test_nobody_reads_what_another_did_or_long_ago(session, now):
    made, me = pledged(session, now, CONTACT)
    viewer = links.open_donor(session, link_of(session, me, now), now=now)
    _, other = pledged(session, now, OTHER)
    stranger = links.open_donor(session, link_of(session, other, now), now=now)

    (card,) = own_record.lately(session, viewer, now=now)
    assert (card["act"], card["times"]) == ("pledge.offer", 1)
    assert own_record.lately(session, viewer, now=now + timedelta(days=61)) == []
    mine = select(CustodianEntry.actor).where(CustodianEntry.subject == f"pledge:{made.ref}")
    assert stranger.actor not in set(session.scalars(mine))


def test_every_link_ends_at_once_and_a_new_one_goes_to_his_contact(client, session, now):
    made, me = pledged(session, now, CONTACT)
    one_pledge = links.make(
        session, engine(), LinkPurpose.DONOR_HOME, Subject(pledge_id=key_of(session, made)), now=now
    )
    _, other = pledged(session, now, OTHER)
    stolen, own = link_of(session, me, now), link_of(session, me, now)
    strangers = link_of(session, other, now)
    client.get(f"/d/{own}")

    mark = mark_of(client.get("/donor/activity").text)
    answer = client.post("/donor/activity/end-links", data={"mark": mark})

    assert answer.status_code == 200
    assert "链接都换掉了" in answer.text
    for token in (stolen, own, one_pledge):
        with pytest.raises(LinkExpired):
            links.open_donor(session, token, now=now)
    assert links.open_donor(session, strangers, now=now).donor_id == other
    sent = select(Notice.recipient_id).where(Notice.kind == NoticeKind.PRIVATE_LINK)
    assert session.scalars(sent).all().count(me) >= 1
    assert client.get("/donor/").status_code != 200


def test_a_link_to_one_pledge_shows_nothing_and_ends_nothing(session, now):
    made, me = pledged(session, now, CONTACT)
    subject = Subject(pledge_id=key_of(session, made))
    token = links.make(session, engine(), LinkPurpose.DONOR_HOME, subject, now=now)
    viewer = links.open_donor(session, token, now=now)
    whole = link_of(session, me, now)

    with pytest.raises(NotFound):
        own_record.lately(session, viewer, now=now)
    with pytest.raises(NotFound):
        own_record.end_links(session, viewer, now=now)

    assert links.open_donor(session, whole, now=now).donor_id == me
