"""Loads the administrative tree from data/regions.csv."""

import csv
from pathlib import Path

import sqlalchemy as sa

CSV = Path(__file__).parent.parent / "data" / "regions.csv"
_TABLE = sa.table(
    "regions",
    sa.column("code", sa.String),
    sa.column("name", sa.String),
    sa.column("level", sa.String),
    sa.column("parent_code", sa.String),
    sa.column("longitude", sa.Float),
    sa.column("latitude", sa.Float),
    sa.column("kind", sa.String),
)


def load_regions(connection: sa.Connection) -> None:
    """Insert every division of the region."""
    with CSV.open(encoding="utf-8", newline="") as file:
        rows = [_row(line) for line in csv.DictReader(file)]
    connection.execute(sa.insert(_TABLE), rows)


def _row(line: dict[str, str]) -> dict[str, object]:
    return {
        "code": line["code"],
        "name": line["name"],
        "level": line["level"],
        "parent_code": line["parent_code"] or None,
        "longitude": float(line["longitude"]) if line["longitude"] else None,
        "latitude": float(line["latitude"]) if line["latitude"] else None,
        "kind": line["kind"] or None,
    }
