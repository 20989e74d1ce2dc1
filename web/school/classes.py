"""Passing a class list to its class teacher."""

from flask import Blueprint, render_template
from flask import request as asked

from privacy.permissions import Act
from services.gate import Card
from services.handover import class_lists, handovers
from vocabulary.errors import BadInput
from web.core import addresses, requests
from web.core.access import current_viewer, may
from web.forms.handovers import ClassForm

bp = Blueprint("classes", __name__)


_REASONS = {
    "missing": "请填班主任的手机号，六位数发到那里",
    "bad_phone": "手机号是 11 位数字，请再看一遍",
}


@bp.route("/batches/<string:ref>/classes", methods=["GET", "POST"])
@may(Act.PASS_CLASS_LIST)
def index(ref: str) -> str:
    """Choose a class; its link is shown once, its six digits go to the teacher's telephone."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    batch = handovers.batch(session, viewer, ref, now=now)
    known = class_lists.known_phones(session, viewer, ref, now=now)
    form = ClassForm()
    form.offer(batch["class_labels"], known)
    passed = _pass(ref, form) if form.validate_on_submit() else None
    if passed is None and asked.method == "POST":
        requests.keep_nothing()
    address = addresses.public("classroom.enter", token=passed["token"]) if passed else None
    return render_template(
        "school/classes/index.html", batch=batch, form=form, passed=passed, address=address
    )


def _pass(ref: str, form: ClassForm) -> Card | None:
    """Pass the class on, or say on the form why not."""
    label, phone = form.class_label.data, form.phone.data or ""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    try:
        return class_lists.pass_class(session, viewer, ref, label, phone=phone, now=now)
    except BadInput as refusal:
        form.phone.errors = [_REASONS[str(refusal.params["reason"])]]
        return None
