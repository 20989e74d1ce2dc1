"""Pairs that fade: volunteers' and pledges', each with its reasons in sentences, and what is done."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.care import fading_desk, leaving
from services.gate import Card
from services.pairing import fading
from vocabulary.errors import BadInput, NotFound
from web.core import fading_words, requests
from web.core.access import current_viewer, may
from web.core.acting import WHATEVER, onto, saying
from web.forms.fading import ERRORS, CareNoteForm, NoteForm

bp = Blueprint("fading", __name__, url_prefix="/fading")


@bp.get("/")
@may(Act.TURN_DOWN_CARE)
def index() -> str:
    """List both kinds, the longest first."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    volunteers = fading_desk.listed(session, viewer, now=now)
    pledges = fading.listed(session, viewer, now=now)
    refs = dict.fromkeys(f"child:{one['child']['ref']}" for one in (*volunteers, *pledges))
    if refs:
        requests.note_read("child.read", list(refs))
    return render_template(
        "staff/fading/index.html", volunteers=volunteers, pledges=pledges, words=fading_words
    )


@bp.get("/volunteers/<string:ref>")
@may(Act.TURN_DOWN_CARE)
def volunteer(ref: str) -> str:
    """Show one volunteer's pair and what was done."""
    return _volunteer(ref, CareNoteForm())


def _volunteer(ref: str, form: NoteForm) -> str:
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    pair = fading_desk.detail(session, viewer, ref, now=now)
    _note(pair)
    return render_template("staff/fading/volunteer.html", pair=pair, form=form, words=fading_words)


@bp.get("/pledges/<string:ref>")
@may(Act.SEE_PLEDGES)
def pledge(ref: str) -> str:
    """Show one pledge's pair, by its code, and what was done."""
    return _pledge(ref, NoteForm())


def _pledge(ref: str, form: NoteForm) -> str:
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    pair = fading.detail(session, viewer, ref, now=now)
    notes = fading_desk.notes_of_match(session, viewer, ref)
    _note(pair)
    return render_template(
        "staff/fading/pledge.html", pair=pair, notes=notes, form=form, words=fading_words
    )


def _note(pair: Card) -> None:
    if not pair.has("child"):
        raise NotFound()
    requests.note_read("child.read", [f"child:{pair['child']['ref']}"])


@bp.post("/volunteers/<string:ref>/note")
@may(Act.TURN_DOWN_CARE)
def note_volunteer(ref: str) -> str | Response:
    """Keep a note, a talk, or the asking for a successor."""
    form = CareNoteForm()
    if form.validate_on_submit():
        session, by, now = requests.session(), current_viewer(), requests.now()
        with saying(but=WHATEVER), onto(form, ERRORS, but=(BadInput,)):
            fading_desk.note_care(session, by, ref, *form.read(), now=now)
            flash("记下了。", "success")
        if not form.errors:
            return redirect(url_for(".volunteer", ref=ref), 303)
    return _volunteer(ref, form)


@bp.post("/volunteers/<string:ref>/keep-on")
@may(Act.TURN_DOWN_CARE)
def keep_on(ref: str) -> Response:
    """Take the asking for a successor back."""
    with saying("记下了，还是她接着陪。"):
        leaving.keep_on(requests.session(), current_viewer(), ref, now=requests.now())
    return redirect(url_for(".volunteer", ref=ref), 303)


@bp.post("/pledges/<string:ref>/note")
@may(Act.SEE_PLEDGES)
def note_pledge(ref: str) -> str | Response:
    """Keep a note or a talk."""
    form = NoteForm()
    if form.validate_on_submit():
        session, by, now = requests.session(), current_viewer(), requests.now()
        with saying(but=WHATEVER), onto(form, ERRORS, but=(BadInput,)):
            fading_desk.note_pledge(session, by, ref, *form.read(), now=now)
            flash("记下了。", "success")
        if not form.errors:
            return redirect(url_for(".pledge", ref=ref), 303)
    return _pledge(ref, form)
