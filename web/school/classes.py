"""Passing a class list to its class teacher."""

from flask import Blueprint, render_template
from flask import request as asked
from wtforms.fields.choices import SelectChoice

from privacy.permissions import Act
from services import class_lists, handovers
from web.core import addresses, requests
from web.core.access import current_viewer, may
from web.forms.handovers import ClassForm

bp = Blueprint("classes", __name__)


@bp.route("/batches/<string:ref>/classes", methods=["GET", "POST"])
@may(Act.PASS_CLASS_LIST)
def index(ref: str) -> str:
    """Choose a class; its link and six digits are shown once, on the answer to the form."""
    batch = handovers.batch(requests.session(), current_viewer(), ref, now=requests.now())
    form = ClassForm()
    form.class_label.choices = [SelectChoice(name, name) for name in batch["class_labels"]]
    passed = address = None
    if form.validate_on_submit():
        passed = class_lists.pass_class(
            requests.session(), current_viewer(), ref, form.class_label.data, now=requests.now()
        )
        address = addresses.public("classroom.enter", token=passed["token"])
    elif asked.method == "POST":
        requests.keep_nothing()
    return render_template(
        "school/classes/index.html", batch=batch, form=form, passed=passed, address=address
    )
