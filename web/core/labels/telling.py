"""What stands on the pages for words of messages."""

from collections.abc import Mapping
from enum import StrEnum

from vocabulary.enums import telling as e

LABELS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    e.NoticeStatus: {
        e.NoticeStatus.WAITING: "等着发",
        e.NoticeStatus.SENDING: "正在发",
        e.NoticeStatus.DELIVERED: "送到了",
        e.NoticeStatus.UNCLEAR: "说不准到没到",
        e.NoticeStatus.FAILED: "没送出去",
        e.NoticeStatus.DROPPED: "不用发了",
    },
}
