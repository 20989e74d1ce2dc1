"""Setting up the second step, its recovery codes, and proving anew who sits there."""

import segno
from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from services.accounts import passwords, second_factor
from services.oversight import refusals
from vocabulary.errors import TooManyTries, WrongCode, WrongState
from web.auth import bp
from web.auth.signing_in import WRONG_CODE, go_on, too_many
from web.core import devices, limits, proof, requests, sessions
from web.core.access import current_viewer, signed_in
from web.forms.auth import CodeForm, ProofForm

Answer = str | Response | tuple[str, int]


@bp.get("/account/second-step")
@signed_in
def second_step() -> str:
    """Show whether the second step is on, or how to set it up."""
    return _page(CodeForm(formdata=None), "")


def _page(form: CodeForm, refused: str) -> str:
    standing = second_factor.standing(requests.session(), current_viewer())
    return render_template(
        "auth/second_step.html",
        standing=standing,
        picture=_picture(standing["address"]),
        form=form,
        refused=refused,
        must=proof.is_required(),
    )


def _picture(address: str | None) -> str | None:
    """Draw the QR code as a data: image; the secret stands in no address and no file."""
    if address is None:
        return None
    picture: str = segno.make(address, error="m").svg_data_uri(scale=6, border=2)
    return picture


@bp.post("/account/second-step/start")
@signed_in
@proof.proven
def start_second_step() -> Answer:
    """Make a secret for a phone, after a fresh proof: a screen left open takes no stranger's phone."""
    second_factor.begin(requests.session(), current_viewer(), now=requests.now())
    return redirect(url_for("auth.second_step"), 303)


@bp.post("/account/second-step/confirm")
@signed_in
@proof.proven
@limits.ON_PASSWORDS
def confirm_second_step() -> Answer:
    """Take the secret into use once a code shows that the phone has it."""
    form, refused = CodeForm(), ""
    if not form.validate_on_submit():
        return _page(form, "")
    try:
        codes = second_factor.confirm(
            requests.session(),
            current_viewer(),
            form.code.data or "",
            now=requests.now(),
            device=devices.kind(),
        )
    except WrongCode:
        refused = WRONG_CODE
    except TooManyTries as refusal:
        refused = too_many(refusal)
    except WrongState:
        return redirect(url_for("auth.second_step"), 303)
    else:
        proof.note_second_step()
        return render_template("auth/recovery_codes.html", codes=codes)
    return _page(form, refused)


@bp.post("/account/second-step/codes")
@signed_in
@proof.proven
def new_recovery_codes() -> Answer:
    """Make ten fresh recovery codes and show them this once."""
    try:
        codes = second_factor.renew_codes(
            requests.session(), current_viewer(), now=requests.now(), device=devices.kind()
        )
    except WrongState:
        return redirect(url_for("auth.second_step"), 303)
    return render_template("auth/recovery_codes.html", codes=codes)


@bp.post("/account/prove")
@signed_in
@limits.ON_PASSWORDS
def prove() -> Answer:
    """Take the proof, and go on with what was being done."""
    form, refused = ProofForm(), ""
    by_code = second_factor.is_on(requests.session(), current_viewer().account_id or 0)
    if form.validate_on_submit():
        try:
            if _is_proof(form.password_again.data or "", by_code=by_code):
                proof.note()
                sessions.renew()
                return go_on(url_for("auth.account"))
            refused = WRONG_CODE if by_code else "密码不对，请再试一次。"
            _keep_refusal(is_blocked=False)
        except TooManyTries as refusal:
            refused = too_many(refusal)
            _keep_refusal(is_blocked=True)
    return render_template(
        "auth/prove.html",
        form=form,
        kept=sessions.kept(),
        has_files=False,
        action="",
        by_code=by_code,
        refused=refused,
    )


def _keep_refusal(*, is_blocked: bool) -> None:
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    refusals.note_proof(session, viewer, is_blocked=is_blocked, now=now)


def _is_proof(typed: str, *, by_code: bool) -> bool:
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    if not by_code:
        return passwords.is_own(session, viewer, typed, now=now)
    key = viewer.account_id or 0
    return second_factor.passes(session, key, typed, now=now, device=devices.kind())
