"""One notice in words, and what all of them share."""

from dataclasses import dataclass

SIGN = "【微光】"
SEE_PAGE = "看明细：打开你的专用链接。"
SEE_INBOX = "登录后看消息。"


@dataclass(frozen=True, slots=True)
class Text:
    """One notice in words. None means: it does not go that way.

    `inbox` is read behind a login or a private link. `outside` is read on a lock screen by whoever
    holds the phone: to donors it names no child, school or sum, to families and staff nobody.
    A placeholder that the recipient may not see, or that `needs` names and is not there, drops the
    notice; so does anything in `bars` that is there.
    """

    title: str
    inbox: str | None
    outside: str | None
    needs: tuple[str, ...] = ()
    bars: tuple[str, ...] = ()
