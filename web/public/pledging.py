"""The pledge form: say it, look it over, send it once."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask import session as cookie
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from config import Settings
from privacy import invitations
from services import limits as tries
from services.donors import wishing
from services.pledges import pledges
from services.pledges.pledges import PledgeTerms
from vocabulary.dates import today
from vocabulary.enums import Limited, PledgeKind
from vocabulary.errors import BadInput, TooManyTries
from vocabulary.refs import new_token
from vocabulary.rounding import in_words
from vocabulary.waivers import CURRENT, WORDINGS
from web.core import drafts, limits, requests
from web.core.access import open_to_all, remember_link
from web.core.pledge_words import NAMING_SENTENCES
from web.forms.pledge import ANY, OTHER, SENTENCES, PledgeForm
from web.public import bp

# The key of the form in hand: sent twice, by a double click or the back button, it pledges once.
FORM_KEY, SENT, INVITATION = "pledge_form", "pledge_sent", "invitation"
DRAFT, LONGEST = "pledge_draft", 120


@bp.route("/pledge", methods=["GET", "POST"])
@open_to_all
@limits.ON_PLEDGES
def pledge() -> str | Response:
    """Show the form as it was left, or look it over; every step has an address to come back to."""
    if request.args.get("another"):
        cookie.pop(SENT, None)
        cookie.pop(FORM_KEY, None)
        return redirect(url_for("public.pledge"))
    if not _is_invited():
        return _ask_for_invitation()
    if request.method == "POST":
        return _go_on()
    if cookie.get(SENT):
        return render_template("public/pledged.html")
    return _shown()


def _shown() -> str:
    cookie.setdefault(FORM_KEY, new_token("pledge_form"))
    draft = drafts.find(DRAFT)
    form = _form(request.args if draft is None else MultiDict(draft))
    step = None if draft is None else request.args.get("step")
    is_sound = step in {"check", "fix"} and _is_sound(form)
    return _look_over(form, draft) if is_sound and step == "check" else _show(form)


def _go_on() -> Response:
    """Keep what was typed and go to the next step, or send, by the button that was pressed."""
    form, step = _form(request.form), request.form.get("do", "check")
    if step in {"check", "send"} and not _is_sound(form):
        step = "fix"
    if step == "send":
        return _send(form, form.terms())
    requests.keep_nothing()
    # Typed words wait sealed in the phone's own cookie: no POST stands in the way of the back button.
    typed = form.data.keys() - {"csrf_token", "invitation"}
    drafts.keep(DRAFT, {n: v[:LONGEST] for n, v in request.form.items() if n in typed})
    return redirect(url_for("public.pledge", step=step), 303)


def _is_sound(form: PledgeForm) -> bool:
    """Check the form's shape, then the service's objections; each stands on its field."""
    if not form.validate():
        return False
    try:
        pledges.check(requests.session(), form.terms(), form.contact.data or "")
    except BadInput as refusal:
        _refuse(form, refusal)
        return False
    return True


def _look_over(form: PledgeForm, draft: dict[str, str]) -> str:
    terms = form.terms()
    typed = form.data.keys() - {"csrf_token"}
    kept = [(n, v) for n, v in draft.items() if n in typed]
    is_gap = terms.kind is PledgeKind.GAP_FUND
    facts = {"terms": terms, "is_gap": is_gap, "names": _names(form)}
    contact = pledges.plain_contact(form.contact.data or "")
    return render_template(
        "public/check.html", kept=kept, contact=contact, waiver=WORDINGS[CURRENT], **facts
    )


def _send(form: PledgeForm, terms: PledgeTerms) -> Response:
    contact = pledges.plain_contact(form.contact.data or "")
    try:
        tries.take(requests.session(), Limited.PLEDGE, contact, now=requests.now())
    except TooManyTries:
        flash("今天用这个联系方式交得太多了，请明天再来，或者打电话给我们。", "warning")
        return redirect(url_for("public.pledge", step="check"), 303)
    offered = pledges.offer(
        requests.session(),
        terms,
        form.contact.data or "",
        now=requests.now(),
        form_key=cookie.setdefault(FORM_KEY, new_token("pledge_form")),
    )
    remember_link("donor_link", offered.token)
    cookie[SENT] = True
    drafts.drop(DRAFT)
    if offered.is_repeat:
        flash("这张表刚才已经交过，只记了一份。想再认一份，请从“再认捐一份”开始。", "info")
    return redirect(url_for("donor.pledges.pay", ref=offered.ref, fresh=1), 303)


def _refuse(form: PledgeForm, refusal: BadInput) -> None:
    """Put the service's objection on the field it is about."""
    name = str(refusal.params.get("field"))
    on = {"amount": form.other if form.monthly.data == OTHER else form.monthly}
    field = on.get(name) or getattr(form, name)
    field.errors = [*field.errors, SENTENCES[name]]


def _form(typed: MultiDict[str, str]) -> PledgeForm:
    """Return the form; CSRF is checked for the whole house, before any view."""
    form = PledgeForm(typed, meta={"csrf": False})
    leagues = pledges.leagues(requests.session())
    any_league = SelectChoice(ANY, "都可以")
    form.league.choices = [any_league, *(SelectChoice(code, name) for code, name in leagues)]
    return form


def _show(form: PledgeForm) -> str:
    words = {"naming_sentences": NAMING_SENTENCES, "waiver": WORDINGS[CURRENT]}
    return render_template("public/pledge.html", form=form, counted=_counted(form), **words)


@bp.get("/pledge/wishes")
@open_to_all
def wishes() -> str:
    """Answer the wish counter: a piece of the form's page."""
    return render_template("public/wishes.html", counted=_counted(_form(request.args)))


def _counted(form: PledgeForm) -> dict[str, Any]:
    """Return rounded words: how many fit, what each wish takes away, which were not counted by."""
    counts = wishing.wish_counts(requests.session(), form.wishes())
    names = _names(form)
    return {
        "pool": in_words(counts.pool),
        "fit": None if counts.fit is None else in_words(counts.fit),
        "away": [(names[key], in_words(count)) for key, count in counts.takes_away.items()],
        "left_out": [names[key] for key in counts.left_out],
        "is_listed": counts.is_listed,
    }


def _names(form: PledgeForm) -> dict[str, str]:
    """Return the words of what was chosen, by field."""
    fields = (form.sex, form.stage, form.league, form.until, form.rhythm, form.naming)
    return {
        field.name: next((c.label for c in field.iter_choices() if c.selected), "")
        for field in fields
    }


def _is_invited() -> bool:
    settings: Settings = current_app.config["SETTINGS"]
    if settings.pledges == "open":
        return True
    code = request.values.get("invitation") or cookie.get(INVITATION, "")
    if not invitations.is_valid(secret(), code, on=today(requests.now())):
        return False
    cookie[INVITATION] = code
    return True


def secret() -> bytes:
    """Return the key under which invitations are signed."""
    key = current_app.config["SECRET_KEY"]
    return key if isinstance(key, bytes) else str(key).encode()


def _ask_for_invitation() -> str:
    requests.keep_nothing()
    tried = request.values.get("invitation", "")
    kept = [(n, v) for n, v in request.form.items() if n not in {"csrf_token", "invitation"}]
    return render_template("public/invitation.html", tried=tried, kept=kept)
