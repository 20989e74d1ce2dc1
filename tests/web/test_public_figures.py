"""The public page of figures: before the first release, after it, and when it was tampered with."""

from datetime import date

from sqlalchemy import text

from models import triggers
from models.jobs import JobRun
from models.stipends import Stipend
from privacy import viewers
from services.figures import releases
from tests.factories import a_child, a_match, a_pledge, a_school
from vocabulary.dates import at
from vocabulary.enums import ChildStatus
from vocabulary.money import Fen

DECEMBER = date(2026, 12, 1)


def a_release(session):
    """Twelve children of three schools in December, published on 1 January."""
    run = JobRun(name="stipends", period=DECEMBER, started_at=at(DECEMBER))
    session.add(run)
    session.flush()
    schools, pledge = [a_school(session, f"第{n}小学") for n in range(3)], a_pledge(session)[0]
    for n in range(12):
        child = a_child(session, schools[n % 3], status=ChildStatus.SUPPORTED)
        session.add(
            Stipend(
                match_id=a_match(session, pledge, child).id, due_on=DECEMBER, run_id=run.id,
                amount_fen=Fen(10_000), handed_over_on=date(2026, 12, 9),
            )
        )  # fmt: skip
    session.flush()
    releases.publish(session, viewers.engine("figures"), DECEMBER, now=at(date(2027, 1, 1), 4))
    session.commit()


def test_before_the_first_release_the_pages_say_when_there_will_be_one(client):
    assert "还没有数字" in client.get("/totals").text
    assert "还没有数字" in client.get("/").text


def test_the_newest_release_stands_there_with_its_day_and_its_quarter(client, session):
    a_release(session)

    page = client.get("/totals").text

    assert "2026年12月，截至 12月31日。1月1日公布，公布以后不再改" in page
    assert "各旗县，2026年10月到12月" in page
    assert "鄂伦春自治旗" in page
    assert "2026年12月 · 截至 12月31日" in client.get("/").text


def test_a_release_that_was_tampered_with_shows_no_number(client, session):
    a_release(session)
    triggers.drop_of(session.connection(), "figures")
    session.execute(text("UPDATE figures SET shown = 7770 WHERE shown = 10"))
    session.commit()

    for address in ("/totals", "/"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "7,770" not in answer.text
        assert "正在核对，先不显示" in answer.text
