"""The child's file, for its guardian: who looked, a copy, and what is to be corrected or deleted.

A school prints the slips: behind one stands nothing but the way to the guardian's own link.
"""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response as Answer

from services import guardian_file, guardian_requests, looks
from services.gate import Card
from vocabulary.dates import today
from vocabulary.enums import FilePart, GuardianWish
from vocabulary.errors import BadInput
from vocabulary.refs import token_hash
from web.core import requests
from web.core.access import current_viewer
from web.core.filters import full_day, in_yuan, operator_facts
from web.core.labels import label
from web.core.reveals import Guard
from web.forms.guardian import ASKED, WishForm

Section = tuple[str, list[tuple[str, str]]]
_CHILD: Mapping[str, str] = {
    "name": "姓名",
    "sex": "性别",
    "id_number": "身份证号",
    "birth_on": "出生日期",
    "ethnicity": "民族",
    "languages": "说的话",
    "address": "住处",
    "stage": "学段",
    "class_label": "班级",
    "agreed_on": "孩子自己同意的日子",
}
_MONEY: Mapping[str, str] = {
    "cancelled_on": "取消",
    "written_off_on": "记为损失",
    "returned_on": "退回",
    "confirmed_on": "家里说收到",
    "handed_over_on": "转交",
    "sent_on": "拨付",
}


def parts(slip: Guard, private: Guard) -> tuple[Blueprint, Blueprint]:
    """Return the way to the link, behind a slip, and the file behind the guardian's own link."""
    way, file = Blueprint("file_link", __name__), Blueprint("file", __name__)
    way.add_url_rule("/file-link", "send", slip(send), methods=["GET", "POST"])
    file.add_url_rule("/file", "show", private(show))
    file.add_url_rule("/file/copy", "copy", private(copy))
    file.add_url_rule("/file/copy.pdf", "paper", private(paper))
    file.add_url_rule("/file/ask", "ask", private(ask), methods=["GET", "POST"])
    return way, file


def send() -> str | Answer:
    """Send the guardian's own link to the telephone in the file."""
    if request.method == "POST":
        guardian_requests.send_link(requests.session(), current_viewer(), now=requests.now())
        flash("监护人登记过手机的话，链接一会儿就到。没收到请打下面的电话。", "success")
        return redirect(url_for("family.home"), 303)
    return render_template("family/file/link.html")


def show() -> str:
    """List who looked, and what was asked with its answers."""
    session, viewer = requests.session(), current_viewer()
    asked = guardian_requests.own(session, viewer)
    found = looks.looks_of(session, viewer, now=requests.now())
    requests.note_read("child.read", [viewer.actor.replace("family:", "child:")])
    return render_template("family/file/show.html", looks=found, asked=asked)


def copy() -> str:
    """Show the copy of the file."""
    return render_template(
        "family/file/copy.html", sections=_sections(), printed_on=today(requests.now())
    )


def paper() -> Response:
    """Give the same copy as a PDF."""
    from gateways import file_copies  # noqa: PLC0415 its PDF and font libraries take 0.4 s to load

    drawn = file_copies.draw(
        "孩子的档案，一份",
        _sections(),
        hotline=operator_facts()["hotline"],
        printed_on=today(requests.now()),
    )
    answer = Response(drawn, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = "attachment; filename=weiguang-file.pdf"
    return answer


def _sections() -> list[Section]:
    """Put what the family may see of its own child into words, and nothing else."""
    session, viewer = requests.session(), current_viewer()
    card = guardian_file.copy_of(session, viewer)
    requests.note_read("child.copy", [f"child:{card['ref']}"])
    child = [(words, _words(card[name])) for name, words in _CHILD.items() if card.has(name)]
    if card.has("school"):
        child.append(("学校", card["school"]["name"]))
    kin = [(one["name"], one["phone"] or "没有电话") for one in card["kin"] if one["name"]]
    consents = [(label(one["purpose"]), _consent(one)) for one in card["consents"]]
    return [
        ("孩子", child),
        ("监护人和照顾人", kin),
        ("同意书", consents),
        ("助学金", [(full_day(one["due_on"]), _money(one)) for one in card["instalments"]]),
    ]


def _words(value: Any) -> str:
    if value is None or value == "":
        return "没有登记"
    if hasattr(value, "isoformat"):
        return full_day(value)
    return label(value) if hasattr(value, "value") else str(value)


def _consent(one: Card) -> str:
    given = f"{full_day(one['given_on'])}同意"
    ended = one["withdrawn_on"]
    return f"{given}，{full_day(ended)}撤回" if ended else given


def _money(one: Card) -> str:
    """Say a sum and the last thing that happened to it."""
    last = next(((one[name], words) for name, words in _MONEY.items() if one[name]), None)
    state = f"{full_day(last[0])}{last[1]}" if last else "还没有拨付"
    return f"{in_yuan(one['amount_fen'])}，{state}"


def ask() -> str | Answer:
    """Take what is to be corrected or deleted."""
    form, mark = WishForm(), token_hash(cookie["letters_link"])[:12]
    if request.method == "POST" and request.form.get("mark", "") != mark:
        requests.keep_nothing()
        flash("刚才那一页是另一个孩子的，没有记。请在这一页再写一次。", "warning")
        return redirect(url_for("family.file.ask"), 303)
    if form.validate_on_submit() and _asked(form):
        flash("记下了，15 天里书面答复您。", "success")
        return redirect(url_for("family.file.show"), 303)
    if request.method == "POST":
        requests.keep_nothing()
    return render_template("family/file/ask.html", form=form, mark=mark)


def _asked(form: WishForm) -> bool:
    wish = GuardianWish(form.wish.data)
    is_correction = wish is GuardianWish.CORRECT and form.part.data
    part = FilePart(form.part.data) if is_correction else None
    try:
        guardian_requests.ask(
            requests.session(),
            current_viewer(),
            wish,
            part=part,
            words=form.words.data or "",
            now=requests.now(),
        )
    except BadInput as refusal:
        field = form[str(refusal.params["field"])]
        field.errors = [ASKED[str(refusal.params["reason"])]]
        return False
    return True
