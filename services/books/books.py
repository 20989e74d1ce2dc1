"""The books as the auditor reads them: balances and entries, codes only."""

from sqlalchemy import String, case, func, select, type_coerce
from sqlalchemy.orm import Session

from models.ledger import Posting, Transaction
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate
from services.gate import Card, Part
from vocabulary.enums import AccountKind

ENTRIES = 60


def trial_balance(session: Session, viewer: Viewer) -> list[dict[str, object]]:
    """Return every account with debits, credits and balance in fen; all balances sum to zero."""
    require(viewer, Act.SEE_BOOKS)
    debit = func.sum(case((Posting.amount > 0, Posting.amount), else_=0))
    credit = func.sum(case((Posting.amount < 0, -Posting.amount), else_=0))
    # As it stands written: an account that nobody knows is the nightly check's finding.
    account = type_coerce(Posting.account, String)
    rows = session.execute(select(account, debit, credit).group_by(account)).all()
    sums = {name: (came, went) for name, came, went in rows}
    return [
        {"account": account, "debit": came, "credit": went, "balance": came - went}
        for account in AccountKind
        for came, went in (sums.get(account, (0, 0)),)
    ]


def entries(session: Session, viewer: Viewer, *, limit: int = ENTRIES) -> list[Card]:
    """List the latest postings with what they belong to, newest first."""
    require(viewer, Act.SEE_BOOKS)
    event = Part(Transaction, Transaction.id == Posting.transaction_id, ("kind", "month"))
    return gate.cards(
        session,
        viewer,
        Posting,
        parts={"event": event},
        order_by=(Posting.id.desc(),),
        limit=limit,
    )
