"""Tables. Importing this package registers all of them on `Base.metadata`."""

from models import (
    accounts,
    amendments,
    children,
    harm,
    imports,
    installation,
    jobs,
    ledger,
    naming,
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
    "amendments",
    "children",
    "harm",
    "imports",
    "installation",
    "jobs",
    "ledger",
    "naming",
    "notices",
    "organisations",
    "pledges",
    "regions",
    "stipends",
    "trace",
    "vault",
    "volunteers",
]
