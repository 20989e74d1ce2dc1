"""A unit or a group gives under one pledge: its contact keeps the list, and takes each his account."""

import re
from io import BytesIO
from typing import Any

from flask import (
    Blueprint,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from gateways import pdfs
from services.gate import Card
from services.giving import members, moving
from services.papers import members as papers
from services.papers.statements import Statement
from vocabulary.errors import AlreadyDecided, BadInput, NotFound, TooManyTries
from web.core import requests
from web.core.access import behind_link, current_viewer
from web.core.filters import full_day
from web.core.messages import sentence
from web.donor import paper_words
from web.forms.groups import ChangeForm, ContactForm, JoinForm, NameForm, ReachForm

bp = Blueprint("groups", __name__, url_prefix="/pledges")
_UNFIT = {
    "missing": "请填名单，一人一行。",
    "too_many": f"一份认捐的名单最多 {members.MOST} 人。",
}


@bp.get("/<string:ref>/group")
@behind_link("donor_link")
def show(ref: str) -> str:
    """Show the list, and where each member's accounts are."""
    card = _page(ref)
    requests.note_read("donor.members", [f"pledge:{ref}"])
    return render_template("donor/groups/show.html", card=card)


@bp.route("/<string:ref>/group/name", methods=["GET", "POST"])
@behind_link("donor_link")
def name(ref: str) -> str | Response:
    """Say in whose name it is given."""
    card = _page(ref)
    giver = card["giver"]
    form = NameForm(kind=giver.kind.value if giver else None, name=giver.name if giver else None)
    if form.validate_on_submit():
        try:
            members.name(*_who(ref), form.said(), form.name.data or "", now=requests.now())
        except BadInput:
            form.name.errors = [NameForm.UNFIT]
        else:
            flash("记下了。证书和对账单上写这个名字。", "success")
            return redirect(url_for(".show", ref=ref), 303)
    return _form("name", ref, form, card)


@bp.route("/<string:ref>/group/join", methods=["GET", "POST"])
@behind_link("donor_link")
def join(ref: str) -> str | Response:
    """Take a list of members, or one more, from a day on."""
    card = _page(ref)
    if card["giver"] is None:
        return redirect(url_for(".name", ref=ref), 303)
    form = JoinForm(from_on=card["earliest_on"])
    if form.validate_on_submit():
        try:
            entries = members.read(form.members.data or "")
            day, now = form.from_on.data, requests.now()
            members.join(*_who(ref), entries, from_on=day, now=now)
        except BadInput as refusal:
            _refuse(form, card, refusal)
        else:
            flash(f"记下了，{full_day(day)}起多了 {len(entries)} 位。", "success")
            return redirect(url_for(".show", ref=ref), 303)
    return _form("join", ref, form, card)


@bp.route("/<string:ref>/group/<string:member>", methods=["GET", "POST"])
@behind_link("donor_link")
def change(ref: str, member: str) -> str | Response:
    """Let one member give another sum, or leave, from a day on."""
    card = members.member(*_who(ref), member, now=requests.now())
    form = ChangeForm(from_on=card["of"]["earliest_on"])
    if form.validate_on_submit():
        day, now = form.from_on.data, requests.now()
        try:
            members.change(*_who(ref), member, fen=form.said(), from_on=day, now=now)
        except BadInput as refusal:
            _refuse(form, card["of"], refusal)
        else:
            flash(f"记下了，{full_day(day)}起算。", "success")
            return redirect(url_for(".show", ref=ref), 303)
    return _form("change", ref, form, card)


@bp.route("/<string:ref>/group/<string:member>/link", methods=["GET", "POST"])
@behind_link("donor_link")
def link(ref: str, member: str) -> str | Response:
    """Send one member a link to his own account alone, or take it from him."""
    card, form = members.member(*_who(ref), member, now=requests.now()), ReachForm()
    if card["name"] is None:
        raise NotFound()
    if form.validate_on_submit():
        try:
            is_sent = members.reach(*_who(ref), member, form.contact.data or "", now=requests.now())
        except BadInput:
            form.contact.errors = ["写 11 位手机号，或者邮箱。"]
        except TooManyTries as refusal:
            form.contact.errors = [sentence(refusal)]
        else:
            said = "链接发给本人了，只打开他自己的一份。" if is_sent else "他的链接停了。"
            flash(said, "success")
            return redirect(url_for(".show", ref=ref), 303)
    return _form("link", ref, form, card)


@bp.route("/<string:ref>/contact", methods=["GET", "POST"])
@behind_link("donor_link")
def contact(ref: str) -> str | Response:
    """Ask somebody else to be whom the group's pledge is reached by."""
    card, form = _page(ref), ContactForm()
    if card["giver"] is None:
        return redirect(url_for(".name", ref=ref), 303)
    if form.validate_on_submit():
        try:
            moving.ask_contact(*_who(ref), form.contact.data or "", now=requests.now())
        except BadInput as refusal:
            own = refusal.params.get("reason") == "own"
            said = "这是你自己的。" if own else "写 11 位手机号，或者邮箱。"
            form.contact.errors = [said]
        except (AlreadyDecided, TooManyTries) as refusal:
            form.contact.errors = [sentence(refusal)]
        else:
            flash("发出去了。对方 14 天内答复都行；接了以前，联系人还是你。", "success")
            return redirect(url_for("donor.home"), 303)
    return _form("contact", ref, form, card)


@bp.post("/<string:ref>/group/<string:member>/forget")
@behind_link("donor_link")
def forget(ref: str, member: str) -> Response:
    """Forget a member's name, for good."""
    if FlaskForm().validate_on_submit():
        members.forget(*_who(ref), member, now=requests.now())
        flash("名字删了，找不回来了。付过的一份还算在账上，只留编号。", "success")
    return redirect(url_for(".show", ref=ref), 303)


@bp.get("/<string:ref>/group/<string:member>/<string:year>")
@behind_link("donor_link")
def statement(ref: str, member: str, year: str) -> str:
    """Show one member's account of a year."""
    found = _statement(ref, member, year)
    back = url_for(".show", ref=ref)
    paper = url_for(".paper", ref=ref, member=member, year=year)
    return render_template(
        "donor/groups/statement.html", statement=found, words=paper_words, back=back, paper=paper
    )


@bp.get("/<string:ref>/group/<string:member>/<string:year>.pdf")
@behind_link("donor_link")
def paper(ref: str, member: str, year: str) -> Response:
    """Hand out one member's account of a year, to be passed on to him alone."""
    found = _statement(ref, member, year)
    said = paper_words.statement(found, operator=current_app.config["SETTINGS"].operator)
    content, kind = BytesIO(pdfs.statement(said)), "application/pdf"
    file = f"weiguang-{year}-{member}.pdf"
    return send_file(content, kind, as_attachment=True, download_name=file)


def _statement(ref: str, member: str, year: str) -> Statement:
    if not re.fullmatch(r"20\d\d", year, re.ASCII):
        raise NotFound()
    requests.note_read("donor.statement", [f"pledge:{ref}"])
    return papers.of_year(*_who(ref), member, int(year), now=requests.now())


def _refuse(form: JoinForm | ChangeForm, card: Card, refusal: BadInput) -> None:
    reason, line = str(refusal.params["reason"]), refusal.params.get("line")
    if refusal.params["field"] == "from_on":
        first = full_day(card["earliest_on"])
        form.from_on.errors = [f"日子要在{first}到一年以内：以前到账的，已经按那时的名单分好了。"]
    elif line:
        form["members"].errors = [
            f"第 {line} 行没看懂。写成“王小明 50”：名字，空一格，每次多少元。"
        ]
    else:
        form["members"].errors = [_UNFIT[reason]]


def _page(ref: str) -> Card:
    return members.page(*_who(ref), now=requests.now())


def _who(ref: str) -> tuple[Any, Any, str]:
    return requests.session(), current_viewer(), ref


def _form(view: str, ref: str, form: FlaskForm, card: Card) -> str:
    if request.method == "POST":
        requests.keep_nothing()
    requests.note_read("donor.members", [f"pledge:{ref}"])
    return render_template(f"donor/groups/{view}.html", form=form, card=card)
