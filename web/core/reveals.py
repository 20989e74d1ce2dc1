"""互相认识, as the doors share it: one page where a side asks, answers, takes back, or says never.

The asker's page is the same bytes whatever the other side said, until both know each other.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask import session as cookie
from werkzeug.wrappers import Response

from services.guardians import families
from services.reveals import reveals
from services.reveals.reveals import Shares, Words
from vocabulary.enums import Role
from vocabulary.errors import BadInput
from vocabulary.refs import token_hash
from web.core import requests
from web.core.access import current_viewer
from web.forms.reveals import SharesForm, WordsForm

Guard = Callable[[Callable[..., Any]], Callable[..., Any]]
Form = WordsForm | SharesForm
_ERRORS = {
    "name": "请用汉字或蒙文写一个称呼，别写号码和联系方式。",
    "city": "请写城市的名字，比如“漳州”。",
    "shares": "请至少选一样。",
}
_WORDS = {
    "ask": "记下了。",
    "yes": "记下了。",
    "no": "记下了，谢谢。不用说理由。",
    "take_back": "收回了。",
    "never": "记下了，以后不来问。",
    "may_ask": "记下了。",
}


def attach(bp: Blueprint, guard: Guard, rule: str, link: str = "") -> None:
    """Hang the page on a door; `link` names the cookie of a door that several children share."""

    def show(ref: str | None = None) -> str | Response:
        return _page(ref, mark=token_hash(cookie[link])[:12] if link else "")

    bp.add_url_rule(rule, "show", guard(show), methods=["GET", "POST"])


def _page(ref: str | None, *, mark: str) -> str | Response:
    session, viewer = requests.session(), current_viewer()
    card = reveals.page(session, viewer, ref=ref)
    form: Form = WordsForm() if viewer.has(Role.DONOR) else SharesForm()
    if request.method == "POST":
        if request.form.get("mark", "") != mark:
            requests.keep_nothing()
            flash("刚才那一页是另一个码的，没有记。请在这一页再点一次。", "warning")
            return redirect(request.path, 303)
        if _done(form, ref):
            return redirect(request.path, 303)
        requests.keep_nothing()
    else:
        requests.note_read("reveal.read", [viewer.actor])
    door = (request.blueprint or "").partition(".")[0]
    whose = ""
    if door == "village" and ref:
        whose = families.village_line(session, viewer, ref)["child"]["name"]
    return render_template(
        f"{door}/reveals/show.html", page=card, form=form, ref=ref, mark=mark, whose=whose
    )


def _done(form: Form, ref: str | None) -> bool:
    """Carry out what was pressed and say so; False leaves the form with its errors."""
    act = request.form.get("act", "")
    if act not in _WORDS:
        abort(400)
    if act in ("ask", "yes"):
        return form.validate_on_submit() and _with_own(act, form, ref)
    session, by, now = requests.session(), current_viewer(), requests.now()
    if act == "no":
        reveals.answer(session, by, None, now=now, ref=ref)
    elif act == "take_back":
        reveals.take_back(session, by, now=now, ref=ref)
    else:
        reveals.set_never(session, by, wish=act == "never", now=now, ref=ref)
    flash(_WORDS[act], "success")
    return True


def _with_own(act: str, form: Form, ref: str | None) -> bool:
    session, by, now = requests.session(), current_viewer(), requests.now()
    own: Words | Shares = form.own()
    try:
        (reveals.ask if act == "ask" else reveals.answer)(session, by, own, now=now, ref=ref)
    except BadInput as refusal:
        name = str(refusal.params["field"])
        form[name].errors = [_ERRORS[name]]
        return False
    flash(_WORDS[act], "success")
    return True
