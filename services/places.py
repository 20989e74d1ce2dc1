"""The part of the tree that a viewer works in: its banners, and places inside one by name."""

from sqlalchemy.orm import Session

from models.base import in_regions
from models.regions import Region
from privacy.viewers import Viewer, works_in
from services import gate
from services.children.readiness import is_above_banner
from services.gate import Card
from vocabulary.enums import RegionLevel


def banners(session: Session, viewer: Viewer) -> list[Card]:
    """List the banners of the viewer's part; the one above, for who works in a township."""
    own = tuple(c[:6].ljust(12, "0") if not is_above_banner(c) else c for c in viewer.regions)
    here = Viewer(viewer.roles, viewer.actor, regions=own)
    return gate.cards(
        session,
        viewer,
        Region,
        fields=("code", "name"),
        where=(Region.level == RegionLevel.BANNER, in_regions(Region.code, here)),
        order_by=(Region.code,),
    )


def chosen(viewer: Viewer, wanted: str | None) -> str:
    """Return the division that a page is about: the wanted one if it is the viewer's, else all."""
    return wanted if wanted and works_in(viewer, wanted) else viewer.regions[0]


def townships(session: Session, viewer: Viewer, banner: str) -> list[Card]:
    """List the townships of a banner that the viewer works in, by code."""
    here = Viewer(viewer.roles, viewer.actor, regions=(banner,))
    return gate.cards(
        session,
        viewer,
        Region,
        fields=("code", "name"),
        where=(
            Region.level == RegionLevel.TOWNSHIP,
            in_regions(Region.code, here),
            in_regions(Region.code, viewer),
        ),
        order_by=(Region.code,),
    )
