"""Read a printed choice: ☑是 □否, 同意（√） 不同意（ ）. What is ticked counts, not what is printed."""

import re
from collections.abc import Sequence

_TICKED = re.compile(r"[☑☒✓✔√■●◉]|[\[(]\s*[√✓✔x]\s*[\])]", re.IGNORECASE)
_BOX = re.compile(r"[□☐○◯]|[\[(]\s*[\])]")
_TICK, _EMPTY = "\x01", "\x02"
_WHOSE = r"(?:监护人|家长|本人)?"
_NO = rf"{_WHOSE}(?:不同意|未签署?|没有|不是|否|无|no|n)"
_YES = rf"{_WHOSE}(?:同意|已签署?|是|有|yes|y)"
_OPTION = re.compile(rf"{_NO}|{_YES}", re.IGNORECASE)
_IS_NO = re.compile(_NO, re.IGNORECASE)
_MARK = re.compile(f"[{_TICK}{_EMPTY}]")
_BETWEEN = re.compile(r"[\s/、,，;；|:：.。()\x01\x02]+")


def ticked(text: str) -> bool | None:
    """Say which way a cell of boxes is ticked; None where nothing, or nothing certain, is.

    Raises ValueError where the cell is no such form.
    """
    told = _BOX.sub(_EMPTY, _TICKED.sub(_TICK, text)).strip()
    options = _OPTION.findall(told)
    if not options or _BETWEEN.sub("", told) != "".join(options):
        if _EMPTY in told:
            return None
        raise ValueError(text)
    return _of_one(told) if len(options) == 1 else _of_several(told, options)


def _of_one(told: str) -> bool | None:
    if _EMPTY in told and _TICK not in told:
        return None
    return not _IS_NO.search(told)


def _of_several(told: str, options: Sequence[str]) -> bool | None:
    if told.count(_TICK) != 1:
        return None
    marks = _MARK.findall(told)
    if len(marks) == len(options):
        return not _IS_NO.fullmatch(options[marks.index(_TICK)])
    chosen = _beside(told) if len(marks) == 1 else None
    return None if chosen is None else not _IS_NO.fullmatch(chosen)


def _beside(told: str) -> str | None:
    """Return the option that a lone tick belongs to: 是√ 否 and √是 否 say it, 是√否 does not."""
    before, after = told.split(_TICK)
    if before and after and (before[-1].isspace() == after[0].isspace()):
        return None
    is_ahead = not before.strip() or (bool(after) and before[-1].isspace())
    options = _OPTION.findall(after if is_ahead else before)
    return options[0 if is_ahead else -1] if options else None
