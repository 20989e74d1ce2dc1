"""What the town's donors have under way beside their pledges: a gift, another payer, a group."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import keys
from models.pledges import Pledge
from models.vault import VaultMember
from privacy.viewers import Viewer
from services.giving import gifts, members, moving
from services.vault import givers, vault, vault_keys
from tests.house.places import Places, Town
from vocabulary.dates import add_months
from vocabulary.enums import GiftOccasion, GiverKind
from vocabulary.money import Fen


def give(
    session: Session,
    town: Town,
    here: Places,
    donors: Sequence[tuple[Viewer, str]],
    now: datetime,
) -> None:
    """Let each ask for a gift, and each ask the other to go on paying."""
    wishes, asked = [], []
    contacts = [vault.contact_of(session, one.donor_id or 0)[1] for one, _ in reversed(donors)]
    children = (here.child, here.classmate)
    for (donor, ref), child, contact in zip(donors, children, contacts, strict=True):
        match, fen = here.of(child).donor_ref, Fen(50_000)
        wishes.append(
            gifts.ask(session, donor, match, amount=fen, occasion=GiftOccasion.JUST, now=now)
        )
        asked.append(moving.ask(session, donor, ref, contact, now=now))
    _groups(session, town, donors, now)
    town.give("donors_gift", "donor", *wishes)
    town.give("donors_asking", "donor", *asked)
    town.give("donors_asked", "donor", *reversed(asked))


def _groups(
    session: Session, town: Town, donors: Sequence[tuple[Viewer, str]], now: datetime
) -> None:
    """Each gives with somebody else, in a group's name."""
    found = []
    called = town.apart.name, "王小明"
    for (donor, ref), who in zip(donors, called, strict=True):
        members.name(session, donor, ref, GiverKind.GROUP, "三年级教研组", now=now)
        said = members.read(f"{who} 50")
        members.join(session, donor, ref, said, from_on=now.date(), now=now)
        (one,) = members.page(session, donor, ref, now=now)["members"]
        found.append((ref, one["ref"]))
    (mine, member), (other, others) = found
    pairs = [f"{mine} {member}", f"{other} {others}", f"{mine} {others}"]
    town.give("donors_member", "donor", *pairs)
    for (donor, _), whose in zip(donors, (other, mine), strict=True):
        _gives_with(session, donor.donor_id or 0, whose, now)
    town.give("donors_own_year", "donor", str(now.year), "2019")
    town.give("donors_member_year", "donor", *(f"{pair} {now.year}" for pair in pairs))


def _gives_with(session: Session, own: int, whose: str, now: datetime) -> None:
    """Each donor gives with the other's group as well: an own account there, of its years alone."""
    ref = vault.donor_ref_of(session, own)
    pledge = session.scalars(select(Pledge).where(Pledge.donor_ref == whose)).one()
    cipher, _ = vault_keys.cipher_of(session, own)
    name = keys.seal(cipher, "自己", place=f"member:{ref}")
    session.add(VaultMember(donor_id=own, pledge_id=pledge.id, name=name))
    givers.say(session, pledge.id, own, Fen(100), from_on=add_months(now.date(), 2), now=now)
