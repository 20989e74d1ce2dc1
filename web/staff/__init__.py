"""The staff door."""

from flask import Blueprint

bp = Blueprint("staff", __name__, url_prefix="/staff")

from web.staff import accounts, custody, health, home, matches, notices, pledges  # noqa: E402 each subject has a blueprint of its own
from web.staff import child_acts, children, disputes, imports, schools, volunteers  # noqa: E402 as above

bp.register_blueprint(accounts.bp)
bp.register_blueprint(disputes.bp)
bp.register_blueprint(custody.bp)
bp.register_blueprint(health.bp)
bp.register_blueprint(matches.bp)
bp.register_blueprint(notices.bp)
bp.register_blueprint(children.bp)
bp.register_blueprint(child_acts.bp)
bp.register_blueprint(imports.bp)
bp.register_blueprint(schools.bp)
bp.register_blueprint(volunteers.bp)
bp.register_blueprint(pledges.bp)

__all__ = ["bp", "home"]
