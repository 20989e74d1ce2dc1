"""A donor's own letter: his words under his own key, and what may be shown of them to a moderator.

Everything of his that the vault holds, and whatever looks like somebody's identity, becomes one
mark of one width before the text leaves here: the moderator reads neither who he is nor which of
the marks hides him. Part of services/vault/vault.py.
"""

import re
from collections.abc import Iterable, Iterator

from sqlalchemy import ColumnElement, insert, literal, select
from sqlalchemy.orm import Session

from models import keys
from models.letters import Letter, VaultLetter, VaultReader
from models.reveals import VaultWords
from models.vault import VaultContact, VaultName, VaultPledge
from privacy.screening import MARK, Kind, Known, Mark, marks, redacted
from privacy.screening import known as written
from privacy.screening.folding import fold
from services.letters.letter_known import known
from services.vault import vault, vault_keys
from vocabulary.enums import ContactKind, LetterSide, LetterStatus

_LEAST = 2
_SIGNS = re.compile(r"[\W_]")
# One mark for what no pause parts: signs between, as in an employer's name, tell of him too.
_IN_A_ROW = re.compile(rf"{MARK}(?:[^\w，,、；;：:。！？!?\n]*{MARK})+")


def hidden(session: Session, pledge_id: int, text: str) -> str:
    """Return a donor's text without what could tell who he is."""
    his = _his(session, pledge_id)
    plain = _as_written(his).sub(MARK, text)
    return _IN_A_ROW.sub(MARK, redacted(plain, marks(plain, his)))


def of_others(session: Session, pledge_id: int, text: str) -> str:
    """Return a donor's text without his own words: only of what is left he may know too much.

    Where he lives and works may be where the child does; who is told of it would know his town.
    """
    his = _his(session, pledge_id)
    plain = _as_written(his).sub(MARK, text)
    page = fold(plain)
    hits = (
        Mark(*page.origin(start, end), kind, why)
        for start, end, kind, why in written.find(page, his)
    )
    return redacted(plain, hits) if plain else plain


def _his(session: Session, pledge_id: int) -> tuple[Known, ...]:
    donor_id = vault.donor_of_pledge(session, pledge_id)
    return tuple(dict.fromkeys(_identities(session, donor_id)))


def _as_written(his: Iterable[Known]) -> re.Pattern[str]:
    """Return what finds his words letter by letter, signs too: the longest ones first.

    A single letter, as in J. Smith, is his where it stands alone or after "I am".
    """
    words = sorted({one.text for one in his}, key=lambda word: (-len(word), word))
    ways = [re.escape(word) for word in words if len(word) >= _LEAST]
    letters = dict.fromkeys(_SIGNS.sub("", word) for word in words)
    ways += [_alone(one) for one in letters if len(one) < _LEAST and one.isalpha()]
    return re.compile("|".join(ways) or r"(?!)")


def _alone(letter: str) -> str:
    if letter.isascii():
        return rf"(?<![A-Za-z0-9]){letter}(?![A-Za-z0-9])\.?"
    return rf"(?:(?<=我是|我叫|叫我)|(?<!\w)){letter}(?!\w)"


def keep(session: Session, letter: Letter, text: str) -> None:
    """Keep a donor's words as he wrote them."""
    donor_id = vault.donor_of_pledge(session, letter.pledge_id or 0)
    cipher, ref = vault_keys.cipher_of(session, donor_id)
    sealed = keys.seal(cipher, text, place=f"letter:{ref}")
    session.add(VaultLetter(letter_id=letter.id, donor_id=donor_id, text=sealed))
    session.flush()


def stay(session: Session, pledge_id: int) -> None:
    """Leave what a family's letters told a pledge's contact with him, before another takes his place.

    Letters that were not delivered yet are for the other: they are to the pledge's people.
    """
    donor_id = vault.donor_of_pledge(session, pledge_id)
    read = select(Letter.id, literal(donor_id)).where(
        Letter.pledge_id == pledge_id,
        Letter.sender == LetterSide.FAMILY,
        Letter.status == LetterStatus.DELIVERED,
        Letter.id.not_in(select(VaultReader.letter_id)),
    )
    session.execute(insert(VaultReader).from_select(["letter_id", "donor_id"], read))


def texts(session: Session, donor_id: int, of_pair: ColumnElement[bool]) -> list[str]:
    """Open a donor's own letters of one pair for himself, the newest first; nobody else's."""
    mine = select(VaultLetter).join(Letter, Letter.id == VaultLetter.letter_id).where(of_pair)
    his = mine.where(VaultLetter.donor_id == donor_id)
    rows = session.scalars(his.order_by(VaultLetter.letter_id.desc())).all()
    if not rows:
        return []
    cipher, ref = vault_keys.cipher_of(session, donor_id)
    return [keys.unseal(cipher, row.text, place=f"letter:{ref}") for row in rows]


def _identities(session: Session, donor_id: int) -> Iterator[Known]:
    """Yield everything by which the vault knows a donor."""
    cipher, ref = vault_keys.cipher_of(session, donor_id)
    for contact in session.scalars(select(VaultContact).where(VaultContact.donor_id == donor_id)):
        value = keys.unseal(cipher, contact.value, place=f"donor:{ref}")
        is_mail = contact.kind is ContactKind.MAIL
        yield from known(Kind.MAIL if is_mail else Kind.PHONE, value)
        if is_mail:
            yield from known(Kind.ACCOUNT, value.partition("@")[0])
    for row in session.scalars(select(VaultName).where(VaultName.donor_id == donor_id)):
        yield from known(Kind.NAME, keys.unseal(cipher, row.value, place=f"name:{ref}"))
    for words in session.scalars(select(VaultWords).where(VaultWords.donor_id == donor_id)):
        yield from known(Kind.NAME, keys.unseal(cipher, words.name, place=f"words:{ref}"))
        if words.city:
            yield from known(Kind.PLACE, keys.unseal(cipher, words.city, place=f"words:{ref}"))
    yield from _as_payer(session, donor_id)


def _as_payer(session: Session, donor_id: int) -> Iterator[Known]:
    """Yield what the bank's lines say of who paid, word by word, and the references he pays under."""
    paid = select(VaultPledge).where(VaultPledge.donor_id == donor_id)
    for row in session.scalars(paid):
        yield from known(Kind.NUMBER, row.payment_reference)
        for payer in vault.payers_of(session, row.pledge_id):
            for word in (payer, *payer.split()):
                yield from known(Kind.NAME, word)
