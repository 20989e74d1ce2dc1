"""Is what was published still what was published? Figures against digest, digest against trace."""

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models.trace import OrdinaryEntry
from services.figures.releases import digest_of

_RELEASES = "SELECT id, span, starts_on, digest FROM releases ORDER BY id"
_FIGURES = "SELECT release_id, kind, region_code, state, shown FROM figures ORDER BY id"


def damaged(session: Session) -> list[str]:
    """Name every release that is not the one which the trace knows, or is gone."""
    lines: dict[int, list[tuple[str, str, str, int | None]]] = {}
    for release_id, kind, code, state, shown in session.execute(text(_FIGURES)):
        lines.setdefault(release_id, []).append((kind, code, state, shown))
    traced, found = _traced(session), []
    for release_id, span, day, digest in session.execute(text(_RELEASES)):
        subject = f"release:{span}:{day}"
        noted = traced.pop(subject, None)
        if not digest == noted == digest_of(lines.get(release_id, [])):
            found.append(f"{subject}：公开的数字和公布时记下的不一样")
    return found + [f"{subject}：公布过，数据里没有了" for subject in traced]


def _traced(session: Session) -> dict[str, str]:
    entries = session.execute(
        select(OrdinaryEntry.subject, OrdinaryEntry.detail).where(
            OrdinaryEntry.act == "figures.publish"
        )
    )
    return {subject: detail["digest"] for subject, detail in entries}
