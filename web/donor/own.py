"""What a donor decides about himself: how he is called, and to be forgotten; and who sees what."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response

from services.donors import naming, sights
from services.gate import Card
from services.vault import forgetting_donors
from vocabulary.enums import Naming
from vocabulary.errors import AlreadyDecided, BadInput
from vocabulary.waivers import CURRENT, WORDINGS
from web.core import lately, requests
from web.core.access import behind_link, current_viewer
from web.core.lately import Door
from web.core.messages import sentence
from web.core.pledge_words import NAMING_SENTENCES
from web.forms.donor import ForgetForm, NamingForm
from web.forms.pledge import SENTENCES

bp = Blueprint("own", __name__)
_UNCHANGED = "和现在的一样，没有要改的。"


@bp.get("/who-sees")
@behind_link("donor_link")
def who_sees() -> str:
    """Say field by field who reads what, from the very rules that the pages obey."""
    called = [(one, sights.of_naming(one)) for one in Naming]
    return render_template("donor/own/who_sees.html", called=called, fields=sights.of_fields())


@bp.route("/pledges/<string:ref>/naming", methods=["GET", "POST"])
@behind_link("donor_link")
def called(ref: str) -> str | Response:
    """Choose how one is called towards the family."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    card = naming.page(session, viewer, ref, now=now)
    form = NamingForm(naming=card["naming"].value, alias=card["alias"], name=card["name"])
    form.now = card["naming"]
    if form.validate_on_submit():
        try:
            naming.choose(session, viewer, ref, form.called(), now=now)
        except BadInput as refusal:
            _refuse(form, refusal)
        except AlreadyDecided as refusal:
            form.naming.errors = [sentence(refusal)]
        else:
            flash("记下了。", "success")
            return redirect(url_for("donor.home"), 303)
    return _form_page("called", form, card)


def _refuse(form: NamingForm, refusal: BadInput) -> None:
    name = str(refusal.params["field"])
    is_same = refusal.params["reason"] == "unchanged"
    getattr(form, name).errors = [_UNCHANGED if is_same else SENTENCES[name]]


def _form_page(name: str, form: NamingForm, card: Card) -> str:
    if request.method == "POST":
        requests.keep_nothing()
    words = {"naming_sentences": NAMING_SENTENCES, "waiver": WORDINGS[CURRENT]}
    return render_template(f"donor/own/{name}.html", form=form, pledge=card, **words)


lately.attach(
    bp,
    behind_link("donor_link"),
    "/activity",
    Door(
        "donor_link",
        "donor.home",
        "链接都换掉了",
        (
            "以前的专用链接，包括你刚才打开的这一条，都打不开了。",
            "新的一条几分钟内发到你留的手机或邮箱，打开它就行。认捐和钱都照旧。",
        ),
    ),
)


@bp.route("/forget", methods=["GET", "POST"])
@behind_link("donor_link")
def forget() -> str:
    """Say what would become of the pledges; then forget, for good."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    outlook = forgetting_donors.outlook(session, viewer, now=now)
    form = ForgetForm()
    if form.validate_on_submit():
        forgetting_donors.forget(session, viewer, now=now)
        cookie.clear()
        return _forgotten()
    if request.method == "POST":
        requests.keep_nothing()
    return render_template("donor/own/forget.html", form=form, outlook=outlook)


def _forgotten() -> str:
    said = [
        "联系方式、名字和写给你的话都删了，链接也打不开了。账上只剩编号。",
        "已经付的钱照说好的用。再来认捐，就是一位新的捐赠人。谢谢你。",
    ]
    home = {"label": "回首页", "href": url_for("public.home")}
    return render_template(
        "public/message.html",
        title="已经忘记你了",
        paragraphs=said,
        action=home,
        sign="check-circle",
    )
