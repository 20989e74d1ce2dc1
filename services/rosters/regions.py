"""Find the region that a place's text means, or None when in doubt."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from vocabulary.enums import RegionLevel

SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Region:
    """One node of the tree."""

    code: str
    name: str
    level: str
    parent: str


@dataclass(frozen=True, slots=True)
class RegionIndex:
    """All regions by code and by every way to write their names; build it once."""

    by_code: dict[str, Region]
    by_name: dict[str, tuple[Region, ...]]
    longest: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A region's name found in the text."""

    start: int
    end: int
    region: Region


_SUFFIXES = {
    RegionLevel.LEAGUE: r"(?:市|盟)$",
    RegionLevel.BANNER: r"(?:自治旗|旗|市|县|区|矿区)$",
    RegionLevel.TOWNSHIP: r"(?:民族乡|民族苏木|苏木|镇|乡|街道)$",
    RegionLevel.VILLAGE: r"(?:(?:嘎查)?村民?委员?会|(?:社区)?居民?委员?会|(?:嘎查)?委员会)$",
}
_ETHNIC = re.compile(
    r"(?<=\w\w)(?:蒙古族|达斡尔族?|鄂温克族?|鄂伦春族?|回族|满族|俄罗斯族?|朝鲜族)+(?=自治旗|民族|乡|苏木)"
)
_AUTONOMOUS = re.compile(r"^内蒙古(?:自治区)?")


def index_regions(rows: Iterable[tuple[str, str, str, str]]) -> RegionIndex:
    """Index rows of (code, name, level, parent code)."""
    by_code = {code: Region(code, name, level, parent) for code, name, level, parent in rows}
    by_name: dict[str, list[Region]] = {}
    for region in by_code.values():
        if region.level != RegionLevel.REGION:
            for spelling in spellings(region):
                by_name.setdefault(spelling, []).append(region)
    longest = max(map(len, by_name), default=0)
    return RegionIndex(by_code, {name: tuple(found) for name, found in by_name.items()}, longest)


def spellings(region: Region) -> set[str]:
    """Return the full name and the short ones people use (鄂伦春旗, 鄂伦春, 吉文)."""
    suffix = _SUFFIXES.get(RegionLevel(region.level), "$")
    name = re.sub(r"\s", "", region.name)
    bare = re.sub(suffix, "", name)
    short = _ETHNIC.sub("", name) if region.level == RegionLevel.BANNER else name
    texts = {name, bare, short, re.sub(suffix, "", short)}
    if name.endswith("自治旗"):
        texts |= {name.replace("自治旗", "旗"), short.replace("自治旗", "旗")}
    return {text for text in texts if len(text) >= SHORTEST}


def resolve(text: str, index: RegionIndex) -> str | None:
    """Return the code of the deepest region the text names beyond doubt.

    None where two regions fit equally well, or where the names contradict each other.
    """
    folded = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    hits = list(hits_in(_AUTONOMOUS.sub("", folded), index))
    if not hits:
        return None
    ranked = sorted(((weigh(hit, hits, index), hit.region.code) for hit in hits), reverse=True)
    best, code = ranked[0]
    if any(weight == best and other != code for weight, other in ranked):
        return None
    return None if contradicted(code, hits, index) else code


def hits_in(text: str, index: RegionIndex) -> Iterator[Hit]:
    """Yield every name found, at each place only the longest, the text read from left to right."""
    start = 0
    while start < len(text):
        longest = min(index.longest, len(text) - start)
        size = next(
            (n for n in range(longest, 1, -1) if text[start : start + n] in index.by_name), 0
        )
        for region in index.by_name.get(text[start : start + size], ()):
            yield Hit(start, start + size, region)
        start += max(size, 1)


def ancestors(code: str, index: RegionIndex) -> Iterator[str]:
    """Yield the codes above a region, nearest first."""
    region = index.by_code.get(code)
    while region and region.parent in index.by_code:
        yield region.parent
        region = index.by_code[region.parent]


def weigh(hit: Hit, hits: list[Hit], index: RegionIndex) -> tuple[int, bool, int]:
    """Count the text's characters a region and the regions above it explain."""
    above = set(ancestors(hit.region.code, index))
    spans = {(h.start, h.end) for h in hits if h.region.code in above and h.end <= hit.start}
    size = hit.end - hit.start + sum(end - start for start, end in spans)
    is_full = hit.end - hit.start == len(hit.region.name)
    return size, is_full, len(above)


def contradicted(code: str, hits: list[Hit], index: RegionIndex) -> bool:
    """Say whether the text also names, in full, a place that this region neither is nor lies in.

    Below a township a like-named street elsewhere is chance, so townships count above it only.
    """
    own = {code, *ancestors(code, index)}
    spans = {(h.start, h.end) for h in hits if h.region.code in own}
    levels = {RegionLevel.LEAGUE, RegionLevel.BANNER}
    if index.by_code[code].level in levels:
        levels.add(RegionLevel.TOWNSHIP)
    return any(
        h.region.level in levels
        and (h.start, h.end) not in spans
        and h.end - h.start == len(h.region.name)
        for h in hits
    )
