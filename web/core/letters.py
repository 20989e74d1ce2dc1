"""Letters, as the doors share them: one page to read and to write, with one other side.

Before what would tell who the writer is leaves, the page shows those words and asks once more; the
photograph of a letter on paper waits meanwhile and is not chosen again.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask import session as cookie
from werkzeug.wrappers import Response

from privacy.viewers import Viewer
from services.gate import Card
from services.letters import letters
from services.letters.letter_screening import Piece
from services.letters.letters import Draft
from vocabulary.enums import LetterSide, Role
from vocabulary.errors import BadInput, NoConsent
from vocabulary.refs import token_hash
from web.core import requests
from web.core.access import current_viewer
from web.core.letter_photos import Photo, files
from web.core.messages import sentence
from web.forms.handovers import PHOTO_FAULTS
from web.forms.letters import (
    ERRORS,
    FamilyLetterForm,
    HelpedLetterForm,
    LastLetterForm,
    LetterForm,
)

Guard = Callable[[Callable[..., Any]], Callable[..., Any]]
_HELPERS = (Role.SCHOOL_OFFICER, Role.CLASS_TEACHER)
_THANKS = "交给旗妇联了，看过以后周一寄出。"


def attach(
    bp: Blueprint, guard: Guard, rule: str, *, role: Role, link: str = "", others: str = ""
) -> None:
    """Hang the page on a door; `link` names the cookie of a door that several children share.

    `others` is the rule by which a guardian chooses among those who write with her child.
    """

    def show(ref: str | None = None) -> str | Response:
        return _page(role, ref, mark=token_hash(cookie[link])[:12] if link else "")

    bp.add_url_rule(rule, "show", guard(show), methods=["GET", "POST"])
    if others:
        bp.add_url_rule(others, "other", guard(show), methods=["GET", "POST"])


def as_role(role: Role) -> Viewer:
    """Return whoever is looking in this door's role alone."""
    viewer = current_viewer()
    return replace(viewer, roles=viewer.roles & {role})


def _page(role: Role, ref: str | None, *, mark: str) -> str | Response:
    viewer = as_role(role)
    page = letters.page(requests.session(), viewer, now=requests.now(), ref=ref)
    form, warned = _form(role, page), []
    photo = Photo(viewer, f"{mark}:{ref or ''}")
    if request.method == "POST":
        if request.form.get("mark", "") != mark:
            requests.keep_nothing()
            flash("刚才那一页是另一个码的，没有记。请在这一页再写一次。", "warning")
            return redirect(request.path, 303)
        answer = _answered(viewer, form, page, photo, ref)
        if answer is None:
            return redirect(request.path, 303)
        warned = answer
        requests.keep_nothing()
    else:
        form.text.data = page["again"]
        requests.note_read("letters.read", [viewer.actor])
    return _shown(page, form, warned, ref=ref, mark=mark, kept_photo=photo.is_kept)


def _form(role: Role, page: Card) -> LetterForm:
    side: LetterSide = page["side"]
    if role in _HELPERS:
        form: LetterForm = HelpedLetterForm()
    elif page["may_say_goodbye"]:
        form = LastLetterForm()
    else:
        form = FamilyLetterForm() if side is LetterSide.FAMILY else LetterForm()
    form.offer(side)
    return form


def _answered(
    viewer: Viewer, form: LetterForm, page: Card, photo: Photo, ref: str | None
) -> list[Piece] | None:
    """Send what was written, or return the page's warning; None when it was sent."""
    act = request.form.get("act", "")
    if act not in {"look", "send", "drop"}:
        abort(400)
    if not _is_whole(form, page, photo, act):
        return []
    draft = form.draft(page["side"])
    form.put(draft)
    draft = replace(draft, photo=photo.content()) if photo.is_kept else draft
    if act == "look":
        found = letters.warnings(requests.session(), viewer, draft.text, ref=ref)
        if found:
            return found
    return None if _sent(viewer, form, draft, photo, ref) else []


def _is_whole(form: LetterForm, page: Card, photo: Photo, act: str) -> bool:
    """Say whether the form can go on. A photograph waits though the rest of the form comes back."""
    if act == "drop":
        photo.drop()
        return False
    is_valid = form.validate_on_submit()
    # A hand gives its writer away: of nobody but a family is a picture taken.
    may_show = "photo" in form and page["bar"] is None
    return (not may_show or photo.take(form)) and is_valid


def _sent(viewer: Viewer, form: LetterForm, draft: Draft, photo: Photo, ref: str | None) -> bool:
    session, now = requests.session(), requests.now()
    try:
        letters.write(session, viewer, draft, now=now, files=files(), ref=ref)
    except BadInput as refusal:
        reason = str(refusal.params["reason"])
        said = [ERRORS.get(reason) or PHOTO_FAULTS[reason]]
        if refusal.params["field"] in form:
            form[str(refusal.params["field"])].errors = said
        else:
            form.form_errors += said
        return False
    except NoConsent as refusal:
        form.form_errors.append(sentence(refusal))
        return False
    photo.drop()
    flash(_THANKS, "success")
    return True


def _shown(
    page: Card,
    form: LetterForm,
    warned: list[Piece],
    *,
    ref: str | None,
    mark: str,
    kept_photo: bool,
) -> str:
    door = (request.blueprint or "").partition(".")[0]
    return render_template(
        f"{door}/letters/show.html",
        page=page,
        form=form,
        warned=warned,
        ref=ref,
        mark=mark,
        door=door,
        kept_photo=kept_photo,
    )
