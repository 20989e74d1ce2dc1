"""The word lists of data/screening, read once."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parents[2] / "data" / "screening"
_REGIONS = Path(__file__).parents[2] / "data" / "regions.csv"
_COUNTRY = re.compile(r"(?:村民委员会|居民委员会|村委会|居委会|委员会|办事处)$")
_LEVEL = re.compile(
    r"(?:自治旗|左翼中旗|左翼后旗|右翼前旗|右翼中旗|苏木|街道|嘎查|社区|民族乡|[旗县区市镇乡村])$"
)


def lines(name: str) -> Iterator[str]:
    """Yield the lines of one list; one that begins with # is a remark."""
    every = (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return (line for line in every if not line.startswith("#"))


@cache
def words(name: str) -> frozenset[str]:
    """Return the words of one list."""
    return frozenset(word for line in lines(name) for word in line.split())


def any_of(found: Iterable[str]) -> str:
    """Return an alternation that tries longer words first."""
    return "|".join(re.escape(word) for word in sorted(found, key=lambda one: (-len(one), one)))


@cache
def divisions() -> frozenset[str]:
    """Return every banner, township and village of the region as it is written in full."""
    return frozenset(name for name, level in _rows() if level != "league")


@cache
def banners() -> frozenset[str]:
    """Return leagues and banners, with and without what they are: alone they tell little."""
    large = {name for name, level in _rows() if level in {"league", "banner"}}
    return frozenset(one for one in large | {_LEVEL.sub("", name) for name in large} if one[1:])


@cache
def stems() -> frozenset[str]:
    """Return banners and townships as people say them, without what they are."""
    short = {_LEVEL.sub("", name) for name, level in _rows() if level in {"banner", "township"}}
    return frozenset(one for one in short if len(one) > 1) - words("ordinary")


@cache
def _rows() -> tuple[tuple[str, str], ...]:
    lines = _REGIONS.read_text(encoding="utf-8").splitlines()[1:]
    cells = [line.split(",", 3) for line in lines]
    levels = {"league", "banner", "township", "village"}
    return tuple((_COUNTRY.sub("", name), level) for _, name, level, _ in cells if level in levels)
