"""最近活动 of a guardian: what was done behind her own links, and an end to all of them."""

from flask import Blueprint

from web.core import lately
from web.core.lately import Door
from web.core.reveals import Guard

_ENDED = (
    "以前发到您手机上的链接，包括刚才打开的这一条，都打不开了。",
    "新的一条几分钟内发到档案里登记的监护人手机。没收到，打签收单上的电话。钱照样来。",
)


def parts(file: Guard, private: Guard) -> tuple[Blueprint, Blueprint]:
    """Return the page behind the link to the file, and behind the one to 互相认识."""
    found = []
    doors = (
        ("own", file, "/activity", "letters_link", "family.file.show"),
        ("private_own", private, "/private/activity", "reveal_link", "family.private.show"),
    )
    for name, guard, rule, link, back in doors:
        bp = Blueprint(name, __name__)
        lately.attach(bp, guard, rule, Door(link, back, "链接都换掉了", _ENDED))
        found.append(bp)
    return found[0], found[1]
