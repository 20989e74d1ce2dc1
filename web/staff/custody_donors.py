"""The custodian enters that a donor has died, and finds the record of a receipt waived."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.donors import naming
from services.vault import deaths
from vocabulary.errors import AlreadyDecided, BadInput, TooManyTries
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import saying
from web.core.messages import sentence
from web.forms.custody_donors import ContactForm, DeathForm

_NO_GROUP = "没有找到：要先登记联系人去世、另一位保密员也同意，付款编号也要是那份集体认捐的。"
_NO_CONTACT = "写 11 位手机号，或者邮箱。"
bp = Blueprint("custody_donors", __name__, url_prefix="/custody/donors")


@bp.route("/", methods=["GET", "POST"])
@may(Act.NOTE_DEATH)
def index() -> str | Response:
    """Take the entry; list those entered before, and the receipts waived."""
    form = DeathForm()
    if form.validate_on_submit() and _is_kept(form):
        flash("记下了，消息已经全停。另一位保密员同意以后，认捐给到用完为止。", "success")
        return redirect(url_for(".index"), 303)
    if request.method == "POST":
        requests.keep_nothing()
    session, viewer = requests.session(), current_viewer()
    asked = (request.args.get("record") or "").strip().upper()
    waived = naming.waived(session, viewer, ref=asked or None)
    died = deaths.listing(session, viewer)
    requests.note_read("custody.donors", [f"death:{one['ref']}" for one in died])
    words = {"title": "去世登记和票据记录", "asked": asked, "waived": waived, "died": died}
    return render_template("staff/custody_donors/index.html", form=form, **words)


def _is_kept(form: DeathForm) -> bool:
    told, why = form.contact.data or "", form.why.data or ""
    try:
        deaths.note(requests.session(), current_viewer(), told, why=why, now=requests.now())
    except BadInput:
        form.contact.errors = ["没有找到这位捐赠人。请核对付款编号、手机号或邮箱。"]
        return False
    return True


@bp.route("/contact", methods=["GET", "POST"])
@may(Act.NOTE_DEATH)
def contact() -> str | Response:
    """Ask somebody else to be the contact of a group whose own has died."""
    form = ContactForm()
    if form.validate_on_submit() and _is_asked(form):
        flash("链接发出去了。对方愿意了，就由对方做联系人。", "success")
        return redirect(url_for(".index"), 303)
    if request.method == "POST":
        requests.keep_nothing()
    return render_template("staff/custody_donors/contact.html", form=form)


def _is_asked(form: ContactForm) -> bool:
    reference, told = form.reference.data or "", form.contact.data or ""
    try:
        deaths.ask_other_contact(
            requests.session(), current_viewer(), reference, told, now=requests.now()
        )
    except BadInput as refusal:
        is_contact = refusal.params["field"] == "contact"
        field = form.contact if is_contact else form.reference
        field.errors = [_NO_CONTACT if is_contact else _NO_GROUP]
    except (AlreadyDecided, TooManyTries) as refusal:
        form.form_errors.append(sentence(refusal))
    else:
        return True
    return False


@bp.post("/<string:ref>/agree")
@may(Act.NOTE_DEATH)
def agree(ref: str) -> Response:
    """Agree to an entry as the second person."""
    with saying("同意了。已付的钱照样给孩子，给到用完。"):
        deaths.agree(requests.session(), current_viewer(), ref, now=requests.now())
    return redirect(url_for(".index"), 303)


@bp.post("/<string:ref>/take-back")
@may(Act.NOTE_DEATH)
def take_back(ref: str) -> Response:
    """Undo an entry made in error."""
    with saying("撤回了，认捐照旧。原来的链接不会复活，已经告诉他换一条新的。"):
        deaths.take_back(requests.session(), current_viewer(), ref, now=requests.now())
    return redirect(url_for(".index"), 303)
