"""The door of machines: payment providers say what came. No page, no cookie, no account."""

from flask import Blueprint

from web.api import payments

bp = Blueprint("api", __name__, url_prefix="/api")
bp.register_blueprint(payments.bp)
