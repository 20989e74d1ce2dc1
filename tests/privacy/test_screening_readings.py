"""What tells a name from an everyday word, and a number from a count."""

import time
from itertools import pairwise

import pytest

from privacy.screening import lexicon, marks
from tests.privacy.measuring import screened


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("昨天高欣然和我一起写作业。", "高欣然"),
        ("马尚德说他不去了。", "马尚德"),
        ("我和白雨萱一组。", "白雨萱"),
        ("单子上打着魏向东三个字。", "魏向东"),
        ("我叫逄雨桐。", "逄雨桐"),
        ("柯尔特依尔雪会跳舞。", "柯尔特依尔雪"),
        ("那家的萨仁托雅会拉琴。", "萨仁托雅"),
        ("村里老韩头说今年雪大。", "老韩头"),
        ("孙二婶家的羊圈塌了。", "孙二婶"),
    ],
)
def test_a_name_is_found_without_being_announced(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in screened(text)


@pytest.mark.parametrize(
    "text",
    [
        "高兴的时候我就唱歌，马上就放假了，白天还要放羊。",
        "钱不用多寄，谢谢阿姨，于是我就写了这封信。",
        "司马光砸缸、孔融让梨，我都会讲。",
        "祝老师节日快乐，于老师而言我们都重要。",
        "锡林郭勒、科尔沁、阿拉善，我在地图上都找到了。",
        "哈哈哈哈，笑死我了，轻轻地、静静地。",
    ],
)
def test_everyday_words_that_begin_like_a_name_stay(text: str) -> None:
    assert screened(text) == text


def test_a_name_told_once_is_hidden_wherever_it_stands_again() -> None:
    out = screened("我叫韩梓萌。梓萌今天得了奖，韩梓萌很高兴。")

    assert "梓萌" not in out
    assert "很高兴" in out


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("前三位147，中间4704，最后四位8815，凑起来就是了。", "8815"),
        ("号码倒着写：32156074851，聪明的你懂。", "32156074851"),
        ("一三六然后四七零八再然后五五二九", "五五二九"),
        ("yī sān bā sì qī líng líng liù liù yī jiǔ", "yī sān bā sì"),
        ("找隔壁就打8214467，喊一嗓子就行。", "8214467"),
        ("身份证后四位0043，前面是150723，自己拼。", "150723"),
        ("150 打死不说 4709 就不说 3317", "4709"),
        ("会议号925 118 4402，密码331900。", "331900"),
    ],
)
def test_a_number_told_in_pieces_disappears(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in screened(text)


@pytest.mark.parametrize(
    "text",
    [
        "跳绳138个，跳远1470毫米，跑了1500米。",
        "从1949年到2024年，一共75年。",
        "人口有2400000人，草场1200亩，打草28000斤。",
        "1234567，我会数到12345678910。",
        "先背第3段，再背第4段，最后背第5段，一共28个字。",
    ],
)
def test_what_counts_something_stays(text: str) -> None:
    assert screened(text) == text


@pytest.mark.slow
@pytest.mark.parametrize(
    "one",
    ["大店", "叫我王", "身份证 1234 ", "微信号 a ", "yi er ", "在上班", "巴特尔乌云", "路1号"],
)
def test_what_looks_like_much_takes_no_longer_than_its_length(one: str) -> None:
    marks("一")
    began = time.process_time()

    marks(one * (8_000 // len(one)))

    assert time.process_time() - began < 2.5


def test_a_reading_costs_the_same_forwards_and_backwards() -> None:
    run = "昨天高欣然和我一起写作业"
    read = lexicon.reading(run)
    begins = lexicon.split(run)
    words = [run[a:b] for a, b in pairwise(begins)]

    assert read.before[-1] == pytest.approx(read.after[0])
    assert "".join(words) == run
    assert {"昨天", "一起", "作业"} <= set(words)
