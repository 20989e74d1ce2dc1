"""How some children's money comes otherwise: a card, the village, an old private arrangement, a holiday."""

from datetime import date, timedelta
from functools import partial

from cli.demo.cast import PLACES, UNIT, Place
from cli.demo.stage import Stage, run_job
from jobs.pledges import take_effect
from services.children import amendments, child_search, transfers
from services.routes import asking, calendar, cards, deciding
from services.routes.deciding import Way
from vocabulary import clock
from vocabulary.dates import today
from vocabulary.enums import HolidayKind, Route, RouteReason
from vocabulary.school_year import Closed

HOME, AWAY = PLACES[0], PLACES[1]
CARD = "6222 0200 0000 0000 018"
DAYS_AGO, CARD_DAYS = 12, 4
OTHERWISE, BY_UNIT = 3, 2


def play(stage: Stage) -> None:
    """Leave a card in use, a child with its village, one arrangement in red, and next winter.

    And one child that moves to another banner, which has not answered yet.
    """
    first = stage.today - timedelta(days=DAYS_AGO)
    for act in (_ask_for_card, _agree_to_card, _decide_ways, _enter_winter):
        stage.scene(first, partial(act, stage), hour=16)
    holds = first + timedelta(days=CARD_DAYS)
    run_job(stage, "pledges", take_effect, holds)
    stage.scene(holds, partial(_use_card, stage), hour=10)
    for by, number, to in ((HOME, 3, AWAY), (AWAY, 0, HOME)):
        stage.scene(holds, partial(_hand_over, stage, by, number, to), hour=11)


def _hand_over(stage: Stage, place: Place, number: int, to: Place) -> None:
    """Hand a child over to another banner: each has one to accept and one to wait for."""
    by = stage.who(f"jingban.{place.key}")
    listed = child_search.listing(stage.session, by, code=place.code, show="supported", page=1)
    words = "全家搬过来，孩子跟姑姑住，在镇上上学。姑姑的电话在档案里。"
    ref = str(listed[-1 - number]["ref"])
    transfers.ask(stage.session, by, ref, to=to.code, words=words, now=clock.now())


def by_unit(stage: Stage, day: date) -> None:
    """Let a work unit bring some children their money, from this month's batch on."""
    stage.scene(day, partial(_decide_unit, stage), hour=16)


def _decide_unit(stage: Stage) -> None:
    now, by, unit = clock.now(), stage.who(f"jingban.{HOME.key}"), stage.schools[UNIT]
    why, note = RouteReason.OTHER, "住得远，供电局下乡时送到家。"
    way = Way(Route.WORK_UNIT, why, today(now), unit, note, is_recused=True)
    listed = child_search.listing(stage.session, by, code=HOME.code, show="supported", page=1)
    for one in (listed[:-OTHERWISE] or listed)[-BY_UNIT:]:
        deciding.decide(stage.session, by, one["ref"], way, now=now)


def _child(stage: Stage, number: int) -> str:
    by = stage.who(f"jingban.{HOME.key}")
    listed = child_search.listing(stage.session, by, code=HOME.code, show="supported", page=1)
    return str(listed[-1 - number]["ref"])  # the first ones are shown for other things


def _ask_for_card(stage: Stage) -> None:
    session, by, ref = stage.session, stage.who(f"jingban.{HOME.key}"), _child(stage, 0)
    guardian = cards.holders(session, by, ref)[0]
    said = {"holder": guardian["ref"], "name": guardian["name"], "number": CARD}
    reason, bank = "家里办了一卡通，以后打到卡上。", "演示农村信用社"
    asking.ask_card(session, by, ref, **said, bank=bank, reason=reason, now=clock.now())


def _agree_to_card(stage: Stage) -> None:
    session, by = stage.session, stage.who(f"shenpi.{HOME.key}")
    waits = amendments.find_open(session, by, _child(stage, 0))
    if waits is not None:
        amendments.agree(session, by, waits["ref"], again=CARD, now=clock.now())


def _use_card(stage: Stage) -> None:
    _decide(stage, 0, Route.CARD, RouteReason.CARD_READY)


def _decide_ways(stage: Stage) -> None:
    _decide(stage, 1, Route.VILLAGE, RouteReason.SUSPENDED, "生病休学，儿童主任送到家。")
    _decide(stage, 2, Route.PERSONAL, RouteReason.OLD_ARRANGEMENT, "以前由老师用微信转。")


def _decide(stage: Stage, number: int, route: Route, why: RouteReason, note: str = "") -> None:
    way, by = Way(route, why, today(clock.now()), note=note), stage.who(f"jingban.{HOME.key}")
    deciding.decide(stage.session, by, _child(stage, number), way, now=clock.now())


def _enter_winter(stage: Stage) -> None:
    """Enter the winter holiday that comes next."""
    year = stage.today.year + 1
    closed = Closed(date(year, 1, 9), date(year, 3, 1) - timedelta(days=1))
    by = stage.who(f"jingban.{HOME.key}")
    calendar.enter(stage.session, by, HOME.code, HolidayKind.WINTER, closed, now=clock.now())
