"""最近活动, as the doors of private links share it: what was done behind one's own, and an end to it.

A donor, a guardian and a class teacher read the same page, each in the layout of the own door.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response

from services.oversight import own_record
from vocabulary.refs import token_hash
from web.core import requests
from web.core.access import current_viewer
from web.core.act_words import ACTS

Guard = Callable[[Callable[..., Any]], Callable[..., Any]]
_OTHER = "别的一件事"
_MARK = 12


@dataclass(frozen=True, slots=True)
class Door:
    """Which cookie holds the link, where the page leads back to, and what is said after the end."""

    link: str
    back: str
    title: str
    ended: tuple[str, ...]


def attach(bp: Blueprint, guard: Guard, rule: str, door: Door) -> None:
    """Hang the page and its one button on a door."""

    def lately() -> str:
        return _page(door)

    def end_links() -> str | Response:
        return _end(door)

    bp.add_url_rule(rule, "lately", guard(lately))
    bp.add_url_rule(f"{rule}/end-links", "end_links", guard(end_links), methods=["POST"])


def _page(door: Door) -> str:
    """List what was done, by day."""
    done: dict[date, Counter[str]] = {}
    for card in own_record.lately(requests.session(), current_viewer(), now=requests.now()):
        done.setdefault(card["on"], Counter())[ACTS.get(card["act"], _OTHER)] += card["times"]
    back, mark = url_for(door.back), _mark(door)
    return render_template(f"{_room()}/own/lately.html", days=done, back=back, mark=mark)


def _end(door: Door) -> str | Response:
    """End the links; from a page of another link that this device opened before, nothing."""
    if request.form.get("mark", "") != _mark(door):
        requests.keep_nothing()
        flash("刚才那一页是另一条链接的，没有动。要让这一条打不开，请再按一次。", "warning")
        return redirect(url_for(".lately"), 303)
    own_record.end_links(requests.session(), current_viewer(), now=requests.now())
    cookie.pop(door.link, None)
    home = {"label": "回首页", "href": url_for("public.home")}
    return render_template(
        "public/message.html",
        title=door.title,
        paragraphs=door.ended,
        action=home,
        sign="check-circle",
    )


def _mark(door: Door) -> str:
    return token_hash(cookie[door.link])[:_MARK]


def _room() -> str:
    return (request.blueprint or "").partition(".")[0]
