"""Tables. Importing this package registers all of them on `Base.metadata`."""

from models import (
    accounts,
    children,
    imports,
    installation,
    jobs,
    ledger,
    notices,
    organisations,
    pledges,
    regions,
    stipends,
    trace,
    vault,
    volunteers,
)
from models.base import Base

__all__ = [
    "Base",
    "accounts",
    "children",
    "imports",
    "installation",
    "jobs",
    "ledger",
    "notices",
    "organisations",
    "pledges",
    "regions",
    "stipends",
    "trace",
    "vault",
    "volunteers",
]
