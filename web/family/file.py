"""The child's file, for its guardian: who looked, a copy, and what is to be corrected or deleted.

A school prints the slips: behind one stands nothing but the way to the guardian's own link.
"""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response as Answer

from services.gate import Card
from services.guardians import (
    guardian_consents,
    guardian_file,
    guardian_requests,
    guardian_wishes,
)
from services.oversight import looks
from vocabulary.dates import today
from vocabulary.enums import Purpose
from vocabulary.errors import BadInput
from vocabulary.refs import token_hash
from web.core import file_copies, requests
from web.core.access import current_viewer
from web.core.reveals import Guard
from web.forms.guardian import TakeBackForm, WishForm


def parts(slip: Guard, private: Guard) -> tuple[Blueprint, Blueprint]:
    """Return the way to the link, behind a slip, and the file behind the guardian's own link."""
    way, file = Blueprint("file_link", __name__), Blueprint("file", __name__)
    way.add_url_rule("/file-link", "send", slip(send), methods=["GET", "POST"])
    file.add_url_rule("/file", "show", private(show))
    file.add_url_rule("/file/copy", "copy", private(copy))
    file.add_url_rule("/file/copy.pdf", "paper", private(paper))
    file.add_url_rule("/file/ask", "ask", private(ask), methods=["GET", "POST"])
    file.add_url_rule("/file/consents", "consents", private(consents), methods=["GET", "POST"])
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
    way = guardian_file.way_of(session, viewer)
    return render_template("family/file/show.html", looks=found, asked=asked, way=way)


def copy() -> str:
    """Show the copy of the file."""
    return render_template(
        "family/file/copy.html",
        sections=file_copies.sections(_copy()),
        printed_on=today(requests.now()),
    )


def paper() -> Response:
    """Give the same copy as a PDF."""
    return file_copies.paper(_copy(), printed_on=today(requests.now()))


def _copy() -> Card:
    card = guardian_file.copy_of(requests.session(), current_viewer())
    requests.note_read("child.copy", [f"child:{card['ref']}"])
    return card


def ask() -> str | Answer:
    """Take what is to be corrected or deleted."""
    form, mark = WishForm(), _mark()
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


def consents() -> str | Answer:
    """List what was agreed to; take one back, asked once more with what follows from it."""
    found = guardian_consents.given(requests.session(), current_viewer())
    form, mark = TakeBackForm(), _mark()
    form.offer([one["purpose"] for one in found if one["withdrawn_on"] is None])
    if request.method == "POST" and request.form.get("mark", "") != mark:
        requests.keep_nothing()
        flash("刚才那一页是另一个孩子的，没有动。请在这一页再选一次。", "warning")
        return redirect(url_for("family.file.consents"), 303)
    asked = Purpose(form.purpose.data) if form.validate_on_submit() else None
    if asked and request.form.get("act") == "yes":
        guardian_consents.take_back(requests.session(), current_viewer(), asked, now=requests.now())
        flash("收回了，从今天起算。不用说理由。", "success")
        return redirect(url_for("family.file.consents"), 303)
    if request.method == "POST":
        requests.keep_nothing()
    return render_template(
        "family/file/consents.html", found=found, form=form, mark=mark, asked=asked
    )


def _mark() -> str:
    """Return what tells this child's page from a brother's or sister's on the same telephone."""
    return token_hash(cookie["letters_link"])[:12]


def _asked(form: WishForm) -> bool:
    try:
        guardian_wishes.ask(requests.session(), current_viewer(), form.wished(), now=requests.now())
    except BadInput as refusal:
        form.say(refusal)
        return False
    return True
