"""A certificate as one compressed file of plain arrays, and back: as it is, or as it was once."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, Final

import numpy as np

from matching.codes import CodeSets
from matching.kind import Kind
from matching.reasons import Reasons
from matching.records import BadRecord, Record, stated_fields
from matching.shapes import Ints, small
from matching.tables import Table

_FORM: Final = 2
_HEAD, _RECORDS = "head", "records"
_QUICK: Final = 1
"""Level of compression: more costs many times the seconds, and wins a tenth."""
_PLAIN: Final = (
    "need_price", "offer_price", "need_part", "offer_part", "scale", "bound", "is_searched",
)  # fmt: skip
_PAIRS: Final = ("offer", "score", "stay", "units")


def packed(proof: Any) -> bytes:
    """Write a certificate: records column by column, pairs need by need, and the reasons."""
    head = {
        "form": _FORM,
        "kind": proof.kind.name,
        "weights": asdict(proof.weights),
        "digest": proof.weights.digest,
        "seed": proof.seed,
        "needs": len(proof.needs),
        "offers": len(proof.offers),
        "is_cut": proof.is_cut,
    }
    reasons = proof.reasons or proof.explained(proof.kind.columns(proof.needs, proof.offers))
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=_QUICK) as file:
        _write(file, _HEAD, np.frombuffer(json.dumps(head).encode(), dtype=np.uint8))
        for side, table in (("needs", proof.needs), ("offers", proof.offers)):
            _write_table(file, side, table)
        each = np.bincount(proof.need, minlength=len(proof.needs))
        _write(file, "each", small(each))
        for name in (*_PAIRS, *_PLAIN):
            _write(file, name, _shortest(getattr(proof, name)))
        for one in fields(Reasons):
            _write(file, f"reasons.{one.name}", _small_of(getattr(reasons, one.name)))
    return written.getvalue()


def _shortest(array: Ints) -> Any:
    """Return an array small, and as one number alone where it is the same everywhere."""
    if len(array) and (array == array[0]).all():
        return small(array[:1])
    return small(array)


def _small_of(array: Any) -> Any:
    """Return an array of any shape in the smallest type."""
    return small(array.ravel()).reshape(array.shape)


def _write_table(file: zipfile.ZipFile, side: str, table: Table) -> None:
    for name, column in table.columns.items():
        if isinstance(column, tuple):
            _write(file, f"{side}.{name}.rows", small(column[0]))
            _write(file, f"{side}.{name}.codes", column[1])
        else:
            _write(file, f"{side}.{name}", column)


def _write(file: zipfile.ZipFile, name: str, array: Any) -> None:
    # A date of its own would give the same certificate another digest each time.
    entry = zipfile.ZipInfo(f"{name}.npy")
    entry.compress_type = zipfile.ZIP_DEFLATED
    held = io.BytesIO()
    np.lib.format.write_array(held, np.ascontiguousarray(array), allow_pickle=False)
    file.writestr(entry, held.getbuffer(), compresslevel=_QUICK)


def unpacked(given: bytes, kinds: Mapping[str, Kind]) -> dict[str, Any]:
    """Read the parts of a certificate. Raises ValueError, KeyError or BadRecord."""
    with np.load(io.BytesIO(given), allow_pickle=False) as read:
        if _RECORDS in read:
            return _of_before(read, kinds)
        head = json.loads(read[_HEAD].tobytes())
        if head["form"] != _FORM:
            raise ValueError(str(head["form"]))
        kind = kinds[head["kind"]]
        each = read["each"].astype(np.int64)
        count = int(each.sum())
        return {
            "kind": kind,
            "weights": _weights(kind, head),
            "seed": head["seed"],
            "is_cut": head.get("is_cut", False),
            "needs": _table(read, "needs", kind.need, head["needs"]),
            "offers": _table(read, "offers", kind.offer, head["offers"]),
            "need": np.repeat(np.arange(len(each), dtype=np.int32), each),
            **{name: _long(read[name], count) for name in _PAIRS},
            **{name: _long(read[name], _length(name, head)) for name in _PLAIN[:4]},
            **{name: _long(read[name], len(read["scale"])) for name in _PLAIN[4:]},
            "reasons": Reasons(
                **{one.name: read[f"reasons.{one.name}"] for one in fields(Reasons)}
            ),
        }


def _length(name: str, head: Mapping[str, Any]) -> int:
    return int(head["needs" if name.startswith("need") else "offers"])


def _long(array: Any, count: int) -> Ints:
    """Return an array at its length, wide. Raises ValueError where it has another."""
    if len(array) == 1 != count:
        return np.broadcast_to(array.astype(np.int64)[0], count) if count else array[:0]
    if len(array) != count:
        raise ValueError(count)
    wide: Ints = array.astype(np.int64)
    return wide


def _table(read: Any, side: str, kind: type[Record], count: int) -> Table:
    values = {
        name: (read[f"{side}.{name}.rows"], read[f"{side}.{name}.codes"].astype(str).tolist())
        if isinstance(stated.shape, CodeSets)
        else read[f"{side}.{name}"]
        for name, stated in stated_fields(kind)
    }
    table, left_out = Table.read(kind, values, count)
    for field in left_out:
        raise BadRecord(field, "stands in no table")
    return table


def _weights(kind: Kind, given: Mapping[str, Any]) -> Any:
    weights = kind.weights(**given["weights"])
    if weights.digest != given["digest"]:
        raise ValueError(weights.version)
    return weights


def _of_before(read: Any, kinds: Mapping[str, Kind]) -> dict[str, Any]:
    """Read a certificate that holds its records as text, one after the other, and no reasons."""
    given = json.loads(read[_RECORDS].tobytes())
    kind = kinds[given["kind"]]
    return {
        "kind": kind,
        "weights": _weights(kind, given),
        "seed": given["seed"],
        "needs": [kind.need(**_sets(one)) for one in given["needs"]],
        "offers": [kind.offer(**_sets(one)) for one in given["offers"]],
        **{name: read[name].astype(np.int64) for name in ("need", *_PAIRS, *_PLAIN)},
    }


def _sets(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record's fields as they were: a list in JSON was a set."""
    return {name: frozenset(one) if isinstance(one, list) else one for name, one in record.items()}
