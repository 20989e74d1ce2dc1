"""What stands on the pages for words of letters."""

from collections.abc import Mapping
from enum import StrEnum

from services.notices.notice_words import LETTER_CONCERNS
from vocabulary.enums import letters as e

LABELS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    e.LetterSide: {
        e.LetterSide.FAMILY: "孩子家",
        e.LetterSide.DONOR: "捐赠人",
        e.LetterSide.VOLUNTEER: "爱心妈妈",
    },
    e.LetterVoice: {e.LetterVoice.CHILD: "孩子", e.LetterVoice.GUARDIAN: "监护人"},
    e.LetterHand: {
        e.LetterHand.ITSELF: "自己交来",
        e.LetterHand.VILLAGE: "儿童主任代办",
        e.LetterHand.SCHOOL: "孩子请老师帮忙",
    },
    e.LetterStatus: {
        e.LetterStatus.SUBMITTED: "要先处理",
        e.LetterStatus.SCREENED: "等你看",
        e.LetterStatus.RELEASED: "看过了，等周一",
        e.LetterStatus.RETURNED: "退回了",
        e.LetterStatus.DELIVERED: "寄出了",
    },
    e.LetterReturn: {
        e.LetterReturn.TELLS_WHO: "里面有能认出人的话，请去掉再寄",
        e.LetterReturn.ASKS_MONEY: "里面说到了钱，钱的事请不要写在信里",
        e.LetterReturn.ASKS_MEETING: "里面说到了见面或私下联系，这个不能转",
        e.LetterReturn.HURTS: "有几句话对方看了会难过，请换个说法",
        e.LetterReturn.NOT_READABLE: "字看不清，请再拍一次，或者打字",
        e.LetterReturn.TALK_FIRST: "旗妇联的人想先和你说说话，会打电话来",
    },
    e.LetterConcern: LETTER_CONCERNS,
}
