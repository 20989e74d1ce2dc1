"""The middles of townships from a file: without them nobody inside a banner is nearer than another."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import asin, cos, isfinite, radians, sin, sqrt
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gateways.spreadsheets import Sheet, as_text, read
from models.regions import Region
from privacy.permissions import Act, require
from privacy.viewers import Viewer, works_in
from services import trace
from vocabulary.enums import RegionLevel
from vocabulary.errors import BadInput

_COLUMNS: Final = {
    "code": ("code", "代码", "编码", "区划代码", "行政区划代码", "统计用区划代码"),
    "longitude": ("longitude", "lon", "lng", "经度"),
    "latitude": ("latitude", "lat", "纬度"),
    "name": ("name", "名称", "乡镇", "苏木乡镇"),
}
_NEEDED: Final = ("code", "longitude", "latitude")
_HEADER_WITHIN = 10
_EAST, _NORTH = (97.0, 127.0), (37.0, 54.0)
_FURTHEST_KM = 400
"""From its banner's middle; the widest banner of the region reaches some 300 km."""
_EARTH_KM = 6371.0
_TOWNSHIP_DIGITS, _DIGITS = 9, 12


class Fault(StrEnum):
    """Why a line was left where it is."""

    NO_CODE = "no_code"
    UNKNOWN = "unknown"
    NO_TOWNSHIP = "no_township"
    OTHER_NAME = "other_name"
    NO_NUMBER = "no_number"
    SWAPPED = "swapped"
    OUTSIDE = "outside"
    FAR = "far"
    TWICE = "twice"
    NOT_YOURS = "not_yours"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file with the place that it gives, or its fault; `row` as Excel counts."""

    row: int
    code: str
    longitude: float = 0.0
    latitude: float = 0.0
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What a file would do: `fresh` are places that we do not have so."""

    lines: tuple[Line, ...]
    fresh: tuple[Line, ...]

    @property
    def faults(self) -> tuple[Line, ...]:
        """Return the lines that are left, in the file's order."""
        return tuple(line for line in self.lines if line.fault)


def judge(session: Session, by: Viewer, filename: str, data: bytes) -> Judged:
    """Say of every line whether its place can be taken. Raises SpreadsheetRefused or BadInput."""
    require(by, Act.IMPORT_ROSTER)
    known = {one.code: one for one in session.scalars(select(Region)) if _may_be_asked(one)}
    lines = tuple(_judged(read(filename, data), known, by))
    fresh = (line for line in lines if line.fault is None and _is_fresh(line, known[line.code]))
    return Judged(lines, tuple(fresh))


def take(session: Session, by: Viewer, judged: Judged, *, now: datetime) -> int:
    """Write the places that are new, and return how many; the next night matches with them."""
    require(by, Act.IMPORT_ROSTER)
    for line in judged.fresh:
        values = {"longitude": line.longitude, "latitude": line.latitude}
        session.execute(update(Region).where(Region.code == line.code).values(**values))
    if judged.fresh:
        told = {"places": len(judged.fresh), "left": len(judged.faults)}
        trace.record(session, by, "townships.place", "regions:townships", now=now, detail=told)
    return len(judged.fresh)


def _may_be_asked(region: Region) -> bool:
    return region.level in (RegionLevel.BANNER, RegionLevel.TOWNSHIP, RegionLevel.VILLAGE)


def _is_fresh(line: Line, region: Region) -> bool:
    return (region.longitude, region.latitude) != (line.longitude, line.latitude)


def _judged(sheet: Sheet, known: Mapping[str, Region], by: Viewer) -> Iterator[Line]:
    rows = [(row.number, [as_text(cell).strip() for cell in row.cells]) for row in sheet.rows]
    begins, at = _header([cells for _, cells in rows[:_HEADER_WITHIN]])
    seen: set[str] = set()
    for number, cells in rows[begins + 1 :]:
        said = {name: cells[place] if place < len(cells) else "" for name, place in at.items()}
        if any(said.values()):
            line = _line(number, said, known, by)
            if line.fault is None and line.code in seen:
                line = Line(number, line.code, fault=Fault.TWICE)
            seen.add(line.code)
            yield line


def _header(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    """Return the header's row, and where each column stands. Raises BadInput."""
    for number, cells in enumerate(rows):
        words = [cell.lower() for cell in cells]
        found = {
            name: next(place for place, word in enumerate(words) if word in known)
            for name, known in _COLUMNS.items()
            if set(known) & set(words)
        }
        if set(_NEEDED) <= found.keys():
            return number, found
    raise BadInput(field="代码、经度、纬度", reason="找不到这三列")


def _line(row: int, said: Mapping[str, str], known: Mapping[str, Region], by: Viewer) -> Line:
    code = _code(said["code"])
    east, north = _number(said["longitude"]), _number(said["latitude"])
    fault = _wrong_place(code, said.get("name", ""), known, by)
    if fault is None and (east is None or north is None):
        fault = Fault.NO_NUMBER
    if fault is not None or east is None or north is None:
        return Line(row, code or said["code"], fault=fault)
    fault = _wrong_point(east, north, known.get(f"{code[:6]}000000"))
    return Line(row, code, east, north, fault)


def _code(text: str) -> str:
    """Return 12 digits, filled up where the township's nine stand alone; empty for no code."""
    is_code = text.isascii() and text.isdigit() and len(text) in (_TOWNSHIP_DIGITS, _DIGITS)
    return text.ljust(_DIGITS, "0") if is_code else ""


def _number(text: str) -> float | None:
    try:
        number = float(text) if text.isascii() and "_" not in text else None
    except ValueError:
        return None
    return number if number is not None and isfinite(number) else None


def _wrong_place(code: str, name: str, known: Mapping[str, Region], by: Viewer) -> Fault | None:
    region = known.get(code)
    if not code:
        return Fault.NO_CODE
    if region is None:
        return Fault.UNKNOWN
    if region.level is not RegionLevel.TOWNSHIP:
        return Fault.NO_TOWNSHIP
    if name and name not in region.name and region.name not in name:
        return Fault.OTHER_NAME
    return None if works_in(by, code) else Fault.NOT_YOURS


def _wrong_point(east: float, north: float, banner: Region | None) -> Fault | None:
    if not _is_here(east, north):
        return Fault.SWAPPED if _is_here(north, east) else Fault.OUTSIDE
    middle = (banner.longitude, banner.latitude) if banner else (None, None)
    is_far = None not in middle and _km((east, north), middle) > _FURTHEST_KM
    return Fault.FAR if is_far else None


def _is_here(east: float, north: float) -> bool:
    return _EAST[0] <= east <= _EAST[1] and _NORTH[0] <= north <= _NORTH[1]


def _km(one: Iterable[float | None], other: Iterable[float | None]) -> float:
    (east, north), (east_2, north_2) = ([radians(x or 0) for x in point] for point in (one, other))
    up, across = sin((north - north_2) / 2), sin((east - east_2) / 2)
    return 2 * _EARTH_KM * asin(sqrt(up * up + cos(north) * cos(north_2) * across * across))
