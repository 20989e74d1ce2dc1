"""The staff door."""

from flask import Blueprint

bp = Blueprint("staff", __name__, url_prefix="/staff")

from web.staff import accounts, custody, health, matches, notices  # noqa: E402 each subject has a blueprint of its own

bp.register_blueprint(accounts.bp)
bp.register_blueprint(custody.bp)
bp.register_blueprint(health.bp)
bp.register_blueprint(matches.bp)
bp.register_blueprint(notices.bp)
