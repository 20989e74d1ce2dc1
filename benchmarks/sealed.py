"""C1: how much of a page of fifty rows goes into opening its sealed columns.

The peer has plain columns: it is handed the text that ours decrypts. What ours takes beyond that is
measured in turn with the page itself, on the values that this page opens: of a page that takes a
hundred times as long, two looks differ by more.
"""

from statistics import median
from time import process_time
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask.testing import FlaskClient

from models import keys


class _Opened(NamedTuple):
    cipher: AESGCM
    blob: bytes
    place: str


def line(name: str, client: FlaskClient, address: str, *, looks: int) -> str:
    """Return the line of C1 for a page that its client has seen already."""
    values = _opened_on(client, address)
    if not values:
        return f"C1 {name}: opens no sealed value"
    page: list[float] = []
    opening: list[float] = []
    for _ in range(looks):
        began = process_time()
        client.get(address)
        seen = process_time()
        for one in values:
            keys.unseal(one.cipher, one.blob, place=one.place)
        opening.append(process_time() - seen)
        page.append(seen - began)
    return (
        f"C1 {name}: opening its {len(values)} sealed values takes "
        f"{median(opening) / median(page):.1%} of the page (promise <= 10 %)"
    )


def _opened_on(client: FlaskClient, address: str) -> list[_Opened]:
    """Look once, and return what was opened."""
    opened: list[_Opened] = []
    unseal = keys.unseal

    def note(cipher: AESGCM, blob: bytes, *, place: str) -> str:
        opened.append(_Opened(cipher, blob, place))
        return unseal(cipher, blob, place=place)

    keys.unseal = note
    client.get(address)
    keys.unseal = unseal
    return opened
