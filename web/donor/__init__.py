"""The donor door: entered by a private link only."""

from flask import Blueprint

from web.core import inboxes
from web.core.access import behind_link
from web.donor import (
    earmarks,
    entries,
    gifts,
    groups,
    letters,
    matches,
    moves,
    own,
    own_part,
    papers,
    payments,
    pledges,
    reminders,
    rests,
    reveals,
    units,
)

inbox = Blueprint("inbox", __name__)
inboxes.attach(inbox, behind_link("donor_link"))

bp = Blueprint("donor", __name__, url_prefix="/donor")
bp.register_blueprint(pledges.bp)
bp.register_blueprint(reminders.bp)
bp.register_blueprint(gifts.bp)
bp.register_blueprint(groups.bp)
bp.register_blueprint(moves.bp)
bp.register_blueprint(matches.bp)
bp.register_blueprint(payments.bp)
bp.register_blueprint(own.bp)
bp.register_blueprint(own_part.bp)
bp.register_blueprint(inbox)
bp.register_blueprint(reveals.bp)
bp.register_blueprint(letters.bp)
bp.register_blueprint(papers.bp)
bp.register_blueprint(units.bp)
bp.register_blueprint(earmarks.bp)
bp.register_blueprint(rests.bp)
bp.register_blueprint(entries.bp)

from web.donor import pages  # noqa: E402, F401 the views register on bp
