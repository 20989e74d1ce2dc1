"""Who pays an order: the vault's part of paying through a provider. Part of services/vault/vault.py."""

from sqlalchemy import ScalarSelect, Select, select
from sqlalchemy.orm import Session

from models.vault import VaultOrder, VaultPledge


def file_order(session: Session, order_id: int, pledge_id: int) -> None:
    """Keep which pledge a payment through a provider is for."""
    session.add(VaultOrder(order_id=order_id, pledge_id=pledge_id))
    session.flush()


def orders_of(pledge_id: int) -> Select[int]:
    """Select the keys of a pledge's payments through a provider."""
    return select(VaultOrder.order_id).where(VaultOrder.pledge_id == pledge_id)


def pledge_of_order(order_id: ScalarSelect[int]) -> ScalarSelect[int]:
    """Select the pledge (its key) that a payment through a provider is for."""
    return select(VaultOrder.pledge_id).where(VaultOrder.order_id == order_id).scalar_subquery()


def reference_of_order(session: Session, order_id: int) -> str | None:
    """Return the payment reference of an order's pledge, for booking it as a bank line."""
    return session.scalar(
        select(VaultPledge.payment_reference)
        .join(VaultOrder, VaultOrder.pledge_id == VaultPledge.pledge_id)
        .where(VaultOrder.order_id == order_id)
    )
