"""The custodian reads the record of what was done on the donors' side. Nothing here changes it."""

from flask import Blueprint, render_template, request

from privacy.permissions import Act
from services.custody import custody
from services.gate import Card
from vocabulary.enums import CustodyReason
from web.core import requests
from web.core.access import current_viewer, may
from web.core.act_words import ACTS
from web.core.labels import label
from web.core.subject_words import SUBJECTS

# Why, where the chain keeps a code; what a person wrote stands as it is.
WHYS = {one.value: label(one) for one in CustodyReason} | {
    "400": "表单不全或过期",
    "403": "没有这个权限",
    "404": "没有这一页",
    "405": "没有这个办法",
    "blocked": "试得太多",
    "wrong": "密码或验证码不对",
}
MANY = " records"  # how web/core/requests.py sums up a page that showed several
ACTORS = {"account": "帐号", "donor": "捐赠人", "engine": "定时任务", "console": "服务器上的命令"}

bp = Blueprint("custody", __name__, url_prefix="/custody")


@bp.get("/")
@may(Act.SEE_CUSTODY)
def index() -> str:
    """List the chain, newest first."""
    session, viewer = requests.session(), current_viewer()
    before, checks = request.args.get("before", type=int), "check" in request.args
    found = custody.entries(session, viewer, before=before)
    shown = found[: custody.PAGE]
    return render_template(
        "staff/custody/index.html",
        title="保密记录",
        entries=[_in_words(card) for card in shown],
        total=custody.count(session, viewer),
        checked=checks,
        broken=custody.first_broken(session, viewer) if checks else None,
        is_first=before is None,
        older=shown[-1]["seq"] if len(found) > custody.PAGE else None,
    )


def _in_words(card: Card) -> Card:
    kind, _, ref = card["actor"].partition(":")
    subject, _, subject_ref = card["subject"].partition(":")
    if subject.endswith(MANY):
        subject = f"{subject.removesuffix(MANY)} 条"
    return card.and_also(
        act_words=ACTS.get(card["act"], card["act"]),
        actor_words=ACTORS.get(kind, kind),
        actor_ref="" if kind == "engine" else ref,
        subject_words=SUBJECTS.get(subject, subject),
        subject_ref=subject_ref,
        why_words=WHYS.get(card["why"], card["why"]),
    )
