"""Which page of a long list, and the addresses beside it."""

from collections.abc import Mapping
from typing import Any, TypeVar

from flask import request, url_for

# Farther than any list goes, and than that no number is a page.
LAST_PAGE = 1_000_000

Paging = dict[str, str | None]
Listed = TypeVar("Listed", bound=str)


def wanted() -> int:
    """Return the page that the address asks for, from 1."""
    return min(max(1, request.args.get("page", 1, type=int)), LAST_PAGE)


def beside(total: int, size: int, unit: str, **address: str) -> Paging:
    """Return the addresses before and after the present page, and the words between."""
    page, endpoint = wanted(), request.endpoint or ""
    first, last = (page - 1) * size + 1, min(total, page * size)
    parts: dict[str, Any] = {**(request.view_args or {}), **address}
    return {
        "newer": url_for(endpoint, **parts, page=page - 1) if page > 1 else None,
        "older": url_for(endpoint, **parts, page=page + 1) if last < total else None,
        "words": f"第 {first}–{last} {unit}，共 {total} {unit}",
    }


def pills(
    words: Mapping[Listed, str],
    counts: Mapping[Listed, int],
    *,
    chosen: Listed | None,
    name: str,
    **address: str,
) -> list[dict[str, Any]]:
    """Return the filters above a list: what each is called, how many it holds, where it leads."""
    endpoint, kept = request.endpoint or "", dict[str, Any](address)
    return [
        {
            "label": label,
            "count": counts[listed],
            "active": listed == chosen,
            "href": url_for(endpoint, **(kept | {name: str(listed)})),
        }
        for listed, label in words.items()
    ]
