"""The staff door."""

from flask import Blueprint

bp = Blueprint("staff", __name__, url_prefix="/staff")

from web.staff import (  # noqa: E402 each subject has a blueprint of its own
    accounts,
    amendments,
    audit_samples,
    batches,
    books,
    by_hand,
    child_acts,
    children,
    custody,
    custody_donors,
    custody_requests,
    disputes,
    evidence,
    exports,
    factor_resets,
    file_access,
    gap_fund,
    guardian_requests,
    harm,
    health,
    home,
    imports,
    incidents,
    letter_friends,
    letters,
    matches,
    notices,
    office_hand,
    orders,
    pledges,
    receipts,
    retention,
    returns,
    reveals,
    schools,
    statements,
    stipends,
    volunteers,
    write_offs,
)

bp.register_blueprint(accounts.bp)
bp.register_blueprint(disputes.bp)
bp.register_blueprint(evidence.bp)
bp.register_blueprint(exports.bp)
bp.register_blueprint(factor_resets.bp)
bp.register_blueprint(incidents.bp)
bp.register_blueprint(harm.bp)
bp.register_blueprint(custody.bp)
bp.register_blueprint(custody_donors.bp)
bp.register_blueprint(custody_requests.bp)
bp.register_blueprint(file_access.bp)
bp.register_blueprint(audit_samples.bp)
bp.register_blueprint(gap_fund.bp)
bp.register_blueprint(guardian_requests.bp)
bp.register_blueprint(retention.bp)
bp.register_blueprint(receipts.bp)
bp.register_blueprint(batches.bp)
bp.register_blueprint(orders.bp)
bp.register_blueprint(books.bp)
bp.register_blueprint(statements.bp)
bp.register_blueprint(stipends.bp)
bp.register_blueprint(health.bp)
bp.register_blueprint(matches.bp)
bp.register_blueprint(notices.bp)
bp.register_blueprint(office_hand.bp)
bp.register_blueprint(children.bp)
bp.register_blueprint(child_acts.bp)
bp.register_blueprint(amendments.bp)
bp.register_blueprint(by_hand.bp)
bp.register_blueprint(imports.bp)
bp.register_blueprint(schools.bp)
bp.register_blueprint(volunteers.bp)
bp.register_blueprint(pledges.bp)
bp.register_blueprint(reveals.bp)
bp.register_blueprint(letters.bp)
bp.register_blueprint(letter_friends.bp)
bp.register_blueprint(returns.bp)
bp.register_blueprint(write_offs.bp)

__all__ = ["bp", "home"]
