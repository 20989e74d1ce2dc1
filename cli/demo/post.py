"""Letters of the demo's last weeks: one in every state, so that each desk and page has some life."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from cli.demo.cast import PLACES
from cli.demo.stage import Stage, deliver
from privacy import viewers
from privacy.viewers import Viewer
from services.batches import past_batches
from services.children import consents
from services.handover import hand_lists
from services.letters import letter_desk, letter_post, letters
from services.letters.letters import Draft
from services.stories import stories
from vocabulary import clock
from vocabulary.dates import today
from vocabulary.enums import LetterReturn, LetterStatus, LetterVoice, Purpose

HOME = PLACES[0]
MONTHS = 3
CHILD, GUARDIAN = LetterVoice.CHILD, LetterVoice.GUARDIAN
THANKS = (
    "谢谢您每个月的帮助，钱收到了，买了棉鞋和练习册。\n我这次语文考了 91 分，作文写的是雪地里的麻雀。"
    "\n家里都好，请您放心。天冷了，您也多穿衣服。"
)
ANSWER = "收到你的信，我很高兴。麻雀那一篇，真想看一看。\n学习累了就歇一歇，身体最要紧。不用惦记怎么谢我。"
NEWS = "奶奶的腿好多了，能下地走了。我们班排了一个节目，我演一棵树。"
TELLS = (
    "我叫{name}，在吉文镇上学，秦老师教我们语文。放假了我帮奶奶喂羊，我们家的电话是 13900000000。"
)
WORRIES = "谢谢您。我有时候不想活了，晚上睡不着，没有跟别人说过。"
ASKS = "谢谢您一直帮我们。能不能再给我们打 500 元？家里想换个炉子。"


def play(stage: Stage) -> None:
    """Let five families write, one donor answer, and leave each letter in another state."""
    monday = letter_post.batch_of(stage.today)
    lines = stage.scene(stage.today, partial(_lines, stage))
    if len(lines) < len(_TOLD):
        return
    for (line, name), told in zip(lines.items(), _TOLD, strict=False):
        told(stage, line, name, monday)
    deliver(stage, _ago(stage, 1), 20)


def _lines(stage: Stage) -> dict[str, str]:
    """Return one line of each pupil of the banner whose money came of late, with its name."""
    found: dict[str, tuple[str, str]] = {}
    for number in range(1, len(HOME.schools) + 1):
        by = stage.who(f"xuexiao{number}.{HOME.key}")
        for past in past_batches.past(stage.session, by, limit=MONTHS):
            batch = hand_lists.batch(stage.session, by, past["ref"], now=clock.now())
            for one in batch["lines"]:
                found.setdefault(one["ref"].partition("-")[0], (one["ref"], one["name"]))
    return dict(found.values())


def _there_and_back(stage: Stage, line: str, _name: str, monday: date) -> None:
    """Thanks went two Mondays ago, the answer came with the last batch."""
    first = monday - timedelta(days=12)
    stage.scene(first, partial(_family, stage, line, THANKS), hour=19)
    stage.scene(first + timedelta(days=1), partial(_release, stage))
    _batch(stage, monday - timedelta(days=7))
    stage.scene(monday - timedelta(days=6), partial(_donor, stage, line, ANSWER), hour=20)
    stage.scene(monday - timedelta(days=5), partial(_release, stage))
    _batch(stage, monday)


def _released(stage: Stage, line: str, _name: str, _monday: date) -> None:
    stage.scene(_ago(stage, 2), partial(_family, stage, line, NEWS), hour=19)
    stage.scene(_ago(stage, 1), partial(_release, stage), hour=10)


def _waits(stage: Stage, line: str, name: str, _monday: date) -> None:
    said = partial(_family, stage, line, TELLS.format(name=name))
    stage.scene(_ago(stage, 3), said, hour=18)


def _worries(stage: Stage, line: str, _name: str, _monday: date) -> None:
    stage.scene(_ago(stage, 1), partial(_family, stage, line, WORRIES), hour=20)


def _returned(stage: Stage, line: str, _name: str, _monday: date) -> None:
    stage.scene(_ago(stage, 4), partial(_family, stage, line, ASKS, voice=GUARDIAN), hour=19)
    stage.scene(_ago(stage, 3), partial(_send_back, stage), hour=10)


_TOLD: tuple[Callable[[Stage, str, str, date], None], ...] = (
    _there_and_back,
    _released,
    _waits,
    _returned,
    _worries,
)


def _ago(stage: Stage, days: int) -> date:
    return stage.today - timedelta(days=days)


def _family(stage: Stage, line: str, text: str, *, voice: LetterVoice = CHILD) -> None:
    """Let a family write behind its slip, its guardian's consent signed."""
    by, now = stage.who(f"jingban.{HOME.key}"), clock.now()
    slip = stories.family_of(stage.session, by, line.partition("-")[0])
    if slip is None:
        return
    ref, purposes = slip.actor.partition(":")[2], (Purpose.LETTERS,)
    consents.record(stage.session, by, ref, purposes=purposes, given_on=today(now), now=now)
    letters.write(stage.session, slip, Draft(text, voice), now=now)


def _donor(stage: Stage, line: str, text: str) -> None:
    engine = viewers.engine("story")
    donor, ref = stories.donor_across(stage.session, engine, line.partition("-")[0])
    letters.write(stage.session, donor, Draft(text), now=clock.now(), ref=ref)


def _newest(stage: Stage, status: LetterStatus) -> tuple[Viewer, str]:
    by = stage.who(f"shenpi.{HOME.key}")
    found = letter_desk.waiting(stage.session, by, now=clock.now())
    return by, [card["ref"] for card in found if card["status"] is status][-1]


def _release(stage: Stage) -> None:
    by, ref = _newest(stage, LetterStatus.SCREENED)
    text = letter_desk.detail(stage.session, by, ref, now=clock.now())["proposed"]
    letter_desk.release(stage.session, by, ref, text, now=clock.now(), seen=text)


def _send_back(stage: Stage) -> None:
    by, ref = _newest(stage, LetterStatus.SUBMITTED)
    reason = LetterReturn.ASKS_MONEY
    letter_desk.send_back(stage.session, by, ref, reason=reason, now=clock.now())


def _batch(stage: Stage, monday: date) -> None:
    """Let a Monday's batch leave, and what it says of it."""
    post = partial(
        letter_post.deliver,
        stage.session,
        viewers.engine("letters"),
        period=monday,
    )
    stage.scene(monday, lambda: post(now=clock.now()))
    deliver(stage, monday, 10)
