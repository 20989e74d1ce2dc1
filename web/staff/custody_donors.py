"""The custodian enters that a donor has died, and finds the record of a receipt waived."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.donors import naming
from services.vault import deaths, successors
from vocabulary.errors import ActedBefore, AlreadyDecided, BadInput, TooManyTries
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import saying
from web.core.messages import sentence
from web.forms.custody_donors import ContactForm, DeathForm

_NO_GROUP = "没有找到：要先登记联系人去世、另一位保密员也同意，付款编号也要是那份集体认捐的。"
_NO_CONTACT = "写 11 位手机号，或者邮箱。"
_DIFFERS = "和另一位保密员写下的不一样。请两个人照纸上的再核对一遍。"
_TWICE = "你已经写下了。要另一位保密员照纸上的再写一遍，一样才会问对方。"
_NAMED = "写下了。另一位保密员照纸上的再写一遍，一样才会问对方。"
_ASKED = "两个人写的一样，链接发出去了。对方愿意了，就由对方做联系人。"
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
    """Name who a group's contact shall be when its own has died, or type the same as the second."""
    form = ContactForm()
    is_asked = _is_asked(form) if form.validate_on_submit() else None
    if is_asked is not None:
        flash(_ASKED if is_asked else _NAMED, "success")
        return redirect(url_for(".index" if is_asked else ".contact"), 303)
    if request.method == "POST":
        requests.keep_nothing()
    waiting = successors.waiting(requests.session(), current_viewer())
    requests.note_read("custody.donors", [f"successor:{one['ref']}" for one in waiting])
    return render_template("staff/custody_donors/contact.html", form=form, waiting=waiting)


def _is_asked(form: ContactForm) -> bool | None:
    """Say whether she is asked now, or waits for the second; None when it was refused."""
    reference, told = form.reference.data or "", form.contact.data or ""
    try:
        return successors.name(
            requests.session(), current_viewer(), reference, told, now=requests.now()
        )
    except BadInput as refusal:
        is_contact = refusal.params["field"] == "contact"
        field = form.contact if is_contact else form.reference
        differs = refusal.params["reason"] == "differs"
        field.errors = [(_DIFFERS if differs else _NO_CONTACT) if is_contact else _NO_GROUP]
    except ActedBefore:
        form.form_errors.append(_TWICE)
    except (AlreadyDecided, TooManyTries) as refusal:
        form.form_errors.append(sentence(refusal))
    return None


@bp.post("/contact/<string:ref>/take-back")
@may(Act.NOTE_DEATH)
def take_back_contact(ref: str) -> Response:
    """Let go of a new contact that waits for the second custodian."""
    with saying("撤回了，谁也没有问。"):
        successors.take_back(requests.session(), current_viewer(), ref, now=requests.now())
    return redirect(url_for(".contact"), 303)


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
