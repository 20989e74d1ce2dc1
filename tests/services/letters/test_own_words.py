"""A donor who says in a letter who he is: one mark of one width, whatever signs stand in his words."""

from sqlalchemy.orm import Session

from services.books import receipts
from services.books.receipts import BankLine
from services.vault import letter_vault, vault
from tests.factories import viewer
from tests.services.letters.worlds import WEDNESDAY, a_world
from vocabulary.dates import today
from vocabulary.enums import Role
from vocabulary.money import Fen

PAYERS = (
    "王小明 包头 稀土学院",
    '祖海·图尔逊 遵义 "左家" & <b>庄</b>学校',
    "J. O'Connor <b>&\" 不详 1号店 3楼 '\";--",
    "阿",
    "李　明 呼伦贝尔",
)


def test_signs_within_his_own_words_do_not_stand_between_marks(session: Session) -> None:
    world = a_world(session, WEDNESDAY)
    pledge_id = world.match.pledge_id
    reference, desk = vault.reference_of(session, pledge_id), viewer(Role.COLLECTING_DESK)
    for n, payer in enumerate(PAYERS):
        line = BankLine(reference, Fen(10_000), today(world.now), payer_name=payer, line=str(n))
        receipts.record(session, desk, line, now=world.now)

    shown = {
        letter_vault.hidden(session, pledge_id, f"你好，我是{one}，好好吃饭。") for one in PAYERS
    }

    assert shown == {"你好，我是【…】，好好吃饭。"}


def test_a_letter_that_is_his_name_stays_in_other_words(session: Session) -> None:
    world = a_world(session, WEDNESDAY)
    pledge_id = world.match.pledge_id
    reference, desk = vault.reference_of(session, pledge_id), viewer(Role.COLLECTING_DESK)
    line = BankLine(reference, Fen(10_000), today(world.now), payer_name="李　明 J. Smith")
    receipts.record(session, desk, line, now=world.now)

    shown = letter_vault.hidden(session, pledge_id, "明天下雪。我叫李明，J. Smith 也是我。")

    assert shown == "明天下雪。我叫【…】，【…】 也是我。"


def test_two_sentences_keep_a_mark_each(session: Session) -> None:
    world = a_world(session, WEDNESDAY)
    text = "我的电话 13800000001。微信 13800000001"

    shown = letter_vault.hidden(session, world.match.pledge_id, text)

    assert shown.count("【…】") == 2
