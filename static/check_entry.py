"""Check by yourself that one of your entries stands under a month's published head.

Usage: python check_entry.py entry-XXXX.json [months.json]

entry-XXXX.json comes from your own page ("核对这一笔"), months.json from the public page
("每月校验码"). Nothing is sent anywhere. The hashing follows RFC 9162 section 2.1.3.2 (the same
tree as RFC 6962): leaves are SHA-256(0x00 + entry), nodes SHA-256(0x01 + left + right).
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any


def head_from(proof: dict[str, Any]) -> str:
    """Return the head that the entry and its path lead to; "" when the path does not fit."""
    entry = "|".join(
        str(proof[name]) for name in ("format", "code", "salt", "period", "amount_fen", "batch_on")
    )
    at, last = proof["place"], proof["size"] - 1
    if not 0 <= at <= last:
        return ""
    found = hashlib.sha256(b"\x00" + entry.encode()).digest()
    for beside in map(bytes.fromhex, proof["path"]):
        if last == 0:
            return ""
        if at % 2 or at == last:
            found = hashlib.sha256(b"\x01" + beside + found).digest()
            while at % 2 == 0 and at:
                at, last = at >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\x01" + found + beside).digest()
        at, last = at >> 1, last >> 1
    return found.hex() if last == 0 else ""


def chain_holds(months: list[dict[str, Any]]) -> bool:
    """Say whether every published month is bound to all months before it."""
    before = bytes(32)
    for one in months:
        said = f"{one['month']}|{one['size']}|".encode() + bytes.fromhex(one["head"])
        before = hashlib.sha256(b"\x02" + before + said).digest()
        if before.hex() != one["chained"]:
            return False
    return True


def main(names: list[str]) -> int:
    """Check one entry, and the published list if it is given; 0 when all fits."""
    if not names:
        sys.stdout.write("用法：python check_entry.py entry-….json [months.json]\n")
        return 2
    proof = json.loads(Path(names[0]).read_text(encoding="utf-8"))
    found = head_from(proof)
    sys.stdout.write(f"{proof['month']} 的校验码，从你的这一笔算出来是：\n{found or '算不出来'}\n")
    fits = found == proof["head"]
    if len(names) > 1:
        months = json.loads(Path(names[1]).read_text(encoding="utf-8"))
        published = {one["month"]: one["head"] for one in months}
        fits = fits and published.get(proof["month"]) == found and chain_holds(months)
    else:
        sys.stdout.write("请和公布的、和你以前抄下的比一比。\n")
    sys.stdout.write(
        "对上了：这一笔在里面，没有改过。\n" if fits else "对不上。请打页面下面的电话。\n"
    )
    return 0 if fits else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
