"""Signing in and out, and one's own password."""

from flask import Blueprint

bp: Blueprint = Blueprint("auth", __name__)

from web.auth import activity, passwords, second_step, signing_in  # noqa: E402, F401 the views register on bp
from web.auth.signing_in import home_of_viewer  # noqa: E402 other doors lead there

__all__ = ["bp", "home_of_viewer"]
