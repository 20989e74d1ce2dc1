"""Papers as PDFs. What draws one is loaded with the first: PDF and font libraries take 0.4 s."""

# ruff: noqa: PLC0415 as said above

from collections.abc import Sequence
from datetime import date

from gateways.order_sheets import Order
from gateways.paper_sheets import Certificate, Statement
from gateways.slip_sheets import Paper


def slips(papers: Sequence[Paper], *, hotline: str, printed_on: date) -> bytes:
    """Return the sheets. A character that the font lacks becomes a box to be filled in by hand."""
    from gateways import slip_drawing

    return slip_drawing.draw(papers, hotline=hotline, printed_on=printed_on)


def order(one: Order) -> bytes:
    """Return a payment order to sign."""
    from gateways import order_drawing

    return order_drawing.draw(one)


def certificate(one: Certificate) -> bytes:
    """Return a 捐赠证书."""
    from gateways import certificate_drawing

    return certificate_drawing.draw(one)


def statement(one: Statement) -> bytes:
    """Return a 年度对账单."""
    from gateways import statement_drawing

    return statement_drawing.draw(one)
