"""What a case worker reads before anything is delivered."""

import pytest

from privacy.screening import Concern, worries
from tests.privacy import reading

WORRYING = [
    ("我真的不想活了。", Concern.SELF_HARM),
    ("有时候觉得活着没意思", Concern.SELF_HARM),
    ("我 想 自 杀", Concern.SELF_HARM),
    ("没有我他们会更好。", Concern.SELF_HARM),
    ("我用小刀划了胳膊。", Concern.SELF_HARM),
    ("爸爸喝醉了就打我。", Concern.HARM),
    ("后妈不给我饭吃", Concern.HARM),
    ("高年级的同学总是欺负我", Concern.HARM),
    ("他把我锁在屋里。", Concern.HARM),
    ("奶奶要让我退学嫁人", Concern.HARM),
    ("您能不能借我500元？", Concern.MONEY),
    ("请把钱直接打到我的卡里", Concern.MONEY),
    ("给我买个手机吧", Concern.MONEY),
    ("我私下给你转账", Concern.MONEY),
    ("我想和你单独见面。", Concern.MEETING),
    ("周六我开车去接你", Concern.MEETING),
    ("你家住在哪里呀？", Concern.MEETING),
    ("我们加微信私聊吧", Concern.MEETING),
    ("这件事别告诉老师", Concern.SECRECY),
    ("这是我们之间的秘密。", Concern.SECRECY),
    ("看完就把信烧了吧", Concern.SECRECY),
    ("发一张你洗澡的照片给我", Concern.SEXUAL),
    ("你发育了吗", Concern.SEXUAL),
    ("叔叔摸我的身体", Concern.SEXUAL),
    ("做我的小情人吧", Concern.SEXUAL),
    # Walked with as a stranger: an invitation home, a child left alone, a hand at night.
    ("有空来我家玩。", Concern.MEETING),
    ("到我这儿来住几天吧", Concern.MEETING),
    ("您放假到我们家做客吧。", Concern.MEETING),
    ("暑假到我们城市来玩，我出路费。", Concern.MEETING),
    ("你来北京，我给你买车票", Concern.MEETING),
    ("我一个人在家好几天没吃饭了", Concern.HARM),
    ("弟弟和我两天没吃东西", Concern.HARM),
    ("爸爸走了以后没人管我们", Concern.HARM),
    ("妈妈不要我了", Concern.HARM),
    ("二叔半夜进我房间", Concern.SEXUAL),
    ("他晚上钻我的被窝", Concern.SEXUAL),
    ("他脱我的衣服", Concern.SEXUAL),
    ("你长得真漂亮，给叔叔发张照片", Concern.SEXUAL),
    ("寄一张你的照片给我好吗", Concern.MEETING),
]

DAILY = [
    "昨天同学来我家玩了，我们写了作业。",
    "暑假姑姑来我们家住了几天。",
    "妈妈半夜来我房间给我盖被子。",
    "奶奶帮我脱了棉衣，衣服上都是雪。",
    "妈妈给我发了视频，弟弟会走路了。",
    "老师给我几张照片，是运动会的。",
    "羊两天没吃草，爷爷找来了兽医。",
    "我一个人在家写作业，奶奶去喂羊了。",
    "下雪了，没人来打球。",
    "你们那边的花真漂亮，书上有照片。",
    "有空的时候我到爷爷家帮忙。",
    "欢迎您以后有机会来草原看看。",
    "哥哥给我买了车票，我们去呼和浩特看妈妈。",
    "这道题我不要答案，我自己算。",
]


@pytest.mark.parametrize(("text", "kind"), WORRYING)
def test_a_worrying_sentence_is_found_with_its_kind(text: str, kind: Concern) -> None:
    assert kind in {one.kind for one in worries(f"您好！{text}")}


@pytest.mark.parametrize("text", DAILY)
def test_a_sentence_of_every_day_worries_nobody(text: str) -> None:
    assert worries(text) == ()


def test_only_the_sentence_itself_is_pointed_at() -> None:
    text = "您好！今天下雪了。我不想活了。祝您健康。"

    (found,) = worries(text)

    assert text[found.start : found.end] == "我不想活了。"


def test_ordinary_letters_worry_nobody() -> None:
    every = [text for path in reading.EVERY for text in reading.harmless(path)]

    worrying = [text for text in every if worries(text)]

    assert len(worrying) / len(every) <= 0.02, worrying
