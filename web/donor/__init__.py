"""The donor door: entered by a private link only."""

from flask import Blueprint

from web.donor import matches, pledges

bp = Blueprint("donor", __name__, url_prefix="/donor")
bp.register_blueprint(pledges.bp)
bp.register_blueprint(matches.bp)

from web.donor import pages  # noqa: E402, F401 the views register on bp
