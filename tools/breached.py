"""Makes data/breached-passwords.bin anew from lists of passwords that leaked: one a line, UTF-8.

`python -m tools.breached FILE...`: of each that is long enough to be chosen here, folded as
services/accounts/passwords.py folds, the first bytes of its SHA-256, sorted.
"""

import sys
import unicodedata
from pathlib import Path

from services.accounts.breached_passwords import FILE, mark_of
from services.accounts.passwords import SHORTEST


def main(lists: list[str]) -> None:
    """Write the marks and say how many."""
    marks = set()
    for name in lists:
        for line in Path(name).read_text(encoding="utf-8", errors="ignore").splitlines():
            plain = unicodedata.normalize("NFKC", line.strip()).casefold()
            if len(plain) >= SHORTEST:
                marks.add(mark_of(plain))
    FILE.write_bytes(b"".join(sorted(marks)))
    print(len(marks), file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
