"""审计抽查: draw a sample, read its packs for ten working days, watermarked, and nothing else."""

from flask import Blueprint, Response, current_app, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as Answer

from gateways.uploads import LocalFiles
from privacy.permissions import Act
from services import places
from services.oversight import audit_samples
from services.oversight.looks import AUDITED
from vocabulary.dates import today
from vocabulary.errors import BadInput
from web.core import proof, requests
from web.core.access import current_viewer, may
from web.forms.audit_samples import DrawForm

bp = Blueprint("audit_samples", __name__, url_prefix="/audit-samples")


@bp.route("/", methods=["GET", "POST"])
@may(Act.DRAW_AUDIT)
def index() -> str | Answer:
    """List the viewer's samples; draw a new one."""
    session, viewer, now, form = requests.session(), current_viewer(), requests.now(), DrawForm()
    form.offer(places.banners(session, viewer))
    if form.validate_on_submit():
        code = form.region.data or None
        try:
            ref = audit_samples.draw(
                session, viewer, size=form.size.data or 0, region_code=code, now=now
            )
        except BadInput:
            requests.keep_nothing()
            form.region.errors = ["这里还没有拨付过的助学金，抽不出来"]
        else:
            flash("抽好了。十个工作日内可以看。", "success")
            return redirect(url_for(".sample", ref=ref), 303)
    found = audit_samples.samples(session, viewer, now=now)
    return render_template("staff/audit_samples/index.html", found=found, form=form)


@bp.get("/<string:ref>")
@may(Act.DRAW_AUDIT)
def sample(ref: str) -> str:
    """List the drawn instalments by their codes."""
    session, viewer = requests.session(), current_viewer()
    card = audit_samples.sample(session, viewer, ref, now=requests.now())
    return render_template("staff/audit_samples/sample.html", card=card, mark=_mark(ref))


@bp.get("/<string:ref>/<string:code>")
@may(Act.DRAW_AUDIT)
@proof.proven
def pack(ref: str, code: str) -> str:
    """Show one pack; its opening is traced and listed to the child's guardian."""
    session, viewer = requests.session(), current_viewer()
    card = audit_samples.pack(session, viewer, ref, code, now=requests.now())
    requests.note_read(AUDITED, [f"audit_item:{code}"])
    return render_template("staff/audit_samples/pack.html", card=card, ref=ref, mark=_mark(ref))


@bp.get("/<string:ref>/<string:code>/photos/<int:number>")
@may(Act.DRAW_AUDIT)
@proof.proven
def photo(ref: str, code: str, number: int) -> Response:
    """Show a slip's photograph with the watermark drawn into it."""
    picture = audit_samples.photo(
        requests.session(),
        current_viewer(),
        ref,
        code,
        number,
        files=LocalFiles(current_app.config["SETTINGS"].uploads),
        mark=_mark(ref),
        now=requests.now(),
    )
    requests.note_read(AUDITED, [f"audit_item:{code}"])
    shown = Response(picture, mimetype="image/jpeg")
    shown.headers["Content-Disposition"] = f'inline; filename="{code}.jpg"'
    return shown


def _mark(ref: str) -> str:
    """Say who looks, at which sample, on which day."""
    login = audit_samples.own_login(requests.session(), current_viewer())
    return f"{login} {ref} {today(requests.now())}"
