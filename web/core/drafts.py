"""What was typed and waits in its own browser's cookie: sealed, so that the house alone can read it.

A cookie is signed, not hidden: whoever borrows the telephone could read a name out of it. The
database keeps no copy, for its backups would hold people who never pledged.
"""

import base64
import hashlib
import json
import zlib
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from flask import session as cookie

from vocabulary.refs import new_token

_NONCE_BYTES = 12


def keep(name: str, typed: Any) -> None:
    """Put what was typed into the cookie under a name; it opens under this name alone."""
    nonce = hashlib.sha256(new_token("draft").encode()).digest()[:_NONCE_BYTES]
    plain = zlib.compress(json.dumps(typed, ensure_ascii=False).encode())
    sealed = nonce + _cipher().encrypt(nonce, plain, name.encode())
    cookie[name] = base64.urlsafe_b64encode(sealed).decode()


def find(name: str) -> Any:
    """Return what waits under a name; None where nothing does, or the house's key is another now."""
    try:
        sealed = base64.urlsafe_b64decode(cookie.get(name, ""))
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        return json.loads(zlib.decompress(_cipher().decrypt(nonce, rest, name.encode())))
    except (InvalidTag, ValueError, TypeError):
        return None


def drop(name: str) -> None:
    """Let nothing wait under a name any more."""
    cookie.pop(name, None)


def _cipher() -> AESGCM:
    secret = current_app.config["SECRET_KEY"]
    plain = secret if isinstance(secret, bytes) else str(secret).encode()
    return AESGCM(hashlib.sha256(b"what waits in a browser\0" + plain).digest())
