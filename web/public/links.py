"""The donor's private link: entering by it, and a new one for those who lost theirs."""

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services import links as private_links
from services.donors import donor_links
from vocabulary.errors import BadInput
from web.core import limits, requests
from web.core.access import open_to_all, remember_link
from web.forms.pledge import SENTENCES, RelinkForm
from web.public import bp


@bp.get("/d/<string:token>")
@open_to_all
def enter(token: str) -> Response:
    """Open the donor's page from his link; the token leaves the address at once."""
    g.link_viewer = private_links.open_donor(requests.session(), token, now=requests.now())
    remember_link("donor_link", token)
    requests.note_read("donor.enter", [g.link_viewer.actor])
    return redirect(url_for("donor.home"))


@bp.route("/relink", methods=["GET", "POST"])
@open_to_all
@limits.ON_NEW_LINKS
def relink() -> str | Response:
    """Send a new private link; known and unknown contacts are answered alike, byte for byte."""
    form = RelinkForm()
    if form.validate_on_submit():
        try:
            donor_links.renew(requests.session(), form.contact.data or "", now=requests.now())
        except BadInput:
            form.contact.errors = [SENTENCES["contact"]]
        else:
            return redirect(url_for("public.relink", sent="yes"), 303)
    if request.method == "POST":
        requests.keep_nothing()
    is_sent, is_expired = "sent" in request.args, "expired" in request.args
    return render_template("public/relink.html", form=form, is_sent=is_sent, is_expired=is_expired)
