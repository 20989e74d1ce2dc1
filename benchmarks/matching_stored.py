"""M2: a matching run from the database and back, its reasons stored, against M1's bare script.

Children, needs, consents, guardians and volunteers stand in the product's own tables; the run is the
clock's own (services/runs/nights.py): read, solved, kept with certificate and reasons. Peer and run
each have a process of their own, whose peak is the whole process's. Both solve the same records,
those that the run read; no child of this world has a sibling in it or is at high risk, for the peer
knows no such rule.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from flask_migrate import upgrade
from sqlalchemy import LargeBinary, insert, select, type_coerce, update
from sqlalchemy.orm import Session

from benchmarks.matching_peer import peak
from benchmarks.matching_world import a_region
from benchmarks.world import fill_schools, opened
from extensions import db
from matching import VOLUNTEERS, faults, gap, stated
from models import keys
from models.children import Child, Consent, Kin, Need
from models.matching_runs import MatchingRun
from models.regions import Region
from models.volunteers import Volunteer
from privacy import viewers
from services.children.newcomers import times_kept
from services.pairing import matching_runs
from services.runs import drafting, nights, releasing
from services.runs.sides import CARE
from tests.plugins import databases
from vocabulary.dates import at
from vocabulary.enums import (
    ChildStatus,
    KinRole,
    NeedKind,
    Purpose,
    RegionLevel,
    Sex,
    Stage,
    VolunteerStatus,
)

TODAY = date(2026, 11, 21)
NOON = at(TODAY, 12)
PHASES = ("read", "solve", "keep", "settle")
_CHUNK = 10_000
_SPOKEN = {"zh": "汉语", "mn": "蒙古语", "dta": "达斡尔语"}
_SKILLS = {
    "tutoring": "辅导功课",
    "daily_care": "做饭",
    "psychological": "心理咨询师",
    "companionship": "陪伴",
    "material": "采购物资",
}
_WHEN = {"weekday": "周三上午", "evening": "晚上", "weekend": "周末", "holiday": "寒暑假"}
_YEAR = 365.25
_READ_AS_DRAWN = {
    "age", "asks", "languages", "lat", "lon", "places", "reach_km", "sex", "times", "waiting_days",
}  # fmt: skip


def measure(*, count: int, rounds: int) -> list[str]:
    """Build one world, then run and peer in turn, and print the ratio with its phases."""
    with TemporaryDirectory(prefix="weiguang-bench-") as name:
        folder = Path(name)
        _in_own_process("build", folder, count)
        took: dict[str, list[dict[str, Any]]] = {"run": [], "peer": []}
        for round_ in range(rounds):
            for which in ("run", "peer") if round_ % 2 == 0 else ("peer", "run"):
                if which == "peer" and not took["run"]:
                    continue
                took[which].append(_in_own_process(which, folder, count))
        judged = _in_own_process("judge", folder, count)
    return _said(took, judged, count)


def _said(took: dict[str, list[dict[str, Any]]], judged: dict[str, Any], count: int) -> list[str]:
    def middle(which: str, name: str) -> float:
        return float(median(one[name] for one in took[which]))

    assert {one["total"] for which in took.values() for one in which} == {judged["total"]}
    assert (judged["gap"], judged["faults"]) == (0, 0), judged
    whole, peer = middle("run", "whole"), middle("peer", "whole")
    memory = middle("run", "peak_kib"), middle("peer", "peak_kib")
    phases = ", ".join(f"{one} {middle('run', one) / peer:.2f}" for one in PHASES)
    return [
        f"M2 from the database and back, reasons stored, {count:,} children: {whole / peer:.2f}x the"
        f" bare script, {whole:.1f} s of processor time against {peer:.1f} ({phases};"
        f" promise <= 3x)",
        f"   peak memory {memory[0] / memory[1]:.2f}x, {memory[0] / 1024:,.0f} MiB against"
        f" {memory[1] / 1024:,.0f} (promise <= 3x); {judged['made']:,} pairs, gap 0, no rule broken,"
        f" {judged['bytes'] / 1e6:.1f} MB stored",
        f"   C1 of its reading: {middle('run', 'unsealed') / middle('run', 'read'):.0%} of it opens"
        f" {count:,} birthdays, {middle('run', 'unsealed'):.2f} s",
    ]


def _in_own_process(what: str, folder: Path, count: int) -> dict[str, Any]:
    asked = [sys.executable, "-m", "benchmarks.matching_stored", what, str(folder), str(count)]
    if what == "peer":
        asked = [sys.executable, "-m", "benchmarks.matching_peer", str(folder)]
    said = subprocess.run(asked, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 ours
    answer: dict[str, Any] = json.loads(said.stdout.splitlines()[-1])
    return answer


def _run(folder: Path, count: int) -> dict[str, Any]:
    """Do what the clock does of one run, phase by phase."""
    with opened(folder):
        session, by = db.session(), viewers.engine("matching")
        session.execute(select(Region.code).limit(1)).all()
        steps = [time.process_time()]
        begun = drafting.begin(session, by, CARE, None, now=NOON)
        gathered = nights.gather(session, begun, now=NOON)
        session.commit()
        steps.append(time.process_time())
        plan = drafting.solve(begun, gathered)
        steps.append(time.process_time())
        drafting.keep(session, by, begun, plan, now=NOON)
        steps.append(time.process_time())
        releasing.settle(session, by, begun.ref, plan.certificate, now=NOON)
        session.commit()
        steps.append(time.process_time())
        most = peak()
        _same(gathered, count)
        _keep_columns(folder, gathered)
        return {
            **dict(zip(PHASES, np.diff(steps).tolist(), strict=True)),
            "whole": steps[-1] - steps[0],
            "peak_kib": most,
            "total": plan.total,
            "unsealed": _unsealing(session),
        }


def _same(gathered: Any, count: int) -> None:
    """Hold that the run read the world as it was drawn."""
    drawn = VOLUNTEERS.columns(*a_region(count))
    for side, found in zip(drawn, VOLUNTEERS.columns(gathered.needs, gathered.offers), strict=True):
        for name in _READ_AS_DRAWN & side.arrays.keys():
            assert (getattr(side, name) == getattr(found, name)).all(), name


def _unsealing(session: Session) -> float:
    """Time the opening of every birthday alone."""
    blobs = session.scalars(select(type_coerce(Child.birth_on, LargeBinary))).all()
    began, cipher = time.process_time(), keys.ring().cipher
    for blob in blobs:
        date.fromisoformat(keys.unseal(cipher, blob, place="children.birth_on"))
    return time.process_time() - began


def _keep_columns(folder: Path, gathered: Any) -> None:
    """Leave the very records to the peer (benchmarks/matching_peer.py)."""
    (folder / "weights.json").write_text(json.dumps(stated(VOLUNTEERS).as_dict()))
    sides = VOLUNTEERS.columns(gathered.needs, gathered.offers)
    for side, columns in zip(("needs", "offers"), sides, strict=True):
        wide = {name: getattr(columns, name) for name in columns.arrays}
        np.savez(folder / f"{side}.npz", **wide)


def _judge(folder: Path, _count: int) -> dict[str, Any]:
    """Have the checker judge the newest run as it is stored, and read a pair of its reasons."""
    with opened(folder):
        newest = select(MatchingRun).order_by(MatchingRun.id.desc()).limit(1)
        run = db.session().scalars(newest).one()
        proof = matching_runs.certificate_of(run)
        told, made = proof.told(), np.flatnonzero(proof.units)
        for at_ in made[:: max(1, len(made) // 100)].tolist():
            assert sum(part.points for part in told.parts(at_)) == proof.score[at_]
        assert proof.reasons is not None
        return {
            "made": len(made),
            "total": proof.total(),
            "gap": gap(proof),
            "faults": len(faults(proof)),
            "bytes": len(run.certificate),
        }


def _build(folder: Path, count: int) -> dict[str, Any]:
    databases.create(folder)
    with opened(folder):
        upgrade()
        session = db.session()
        needs, offers = a_region(count)
        _places(
            session, {(one.banner, one.township, one.lat, one.lon) for one in (*needs, *offers)}
        )
        schools = fill_schools(session)
        for part in _parts(needs):
            session.execute(insert(Child), [_child(*one, schools) for one in part])
            session.execute(insert(Kin), [_guardian(key) for key, _ in part])
            session.execute(
                insert(Consent), [_consent(key, one) for key, _ in part for one in _FOR]
            )
            session.execute(insert(Need), [need for one in part for need in _needs(*one)])
        for part in _parts(offers):
            session.execute(insert(Volunteer), [_volunteer(*one) for one in part])
        session.commit()
    return {}


_FOR = (Purpose.CARE, Purpose.SPONSORSHIP)


def _parts(records: list[Any]) -> Iterator[list[tuple[int, Any]]]:
    for start in range(0, len(records), _CHUNK):
        yield list(enumerate(records[start : start + _CHUNK], start + 1))


def _places(session: Session, places: set[tuple[str, str, int, int]]) -> None:
    """Put the world's banners and townships on the map; where the map has one, move it."""
    known = set(session.scalars(select(Region.code)))
    rows = [(town, RegionLevel.TOWNSHIP, banner, lat, lon) for banner, town, lat, lon in places]
    rows += [(one, RegionLevel.BANNER, None, 0, 0) for one in {banner for banner, *_ in places}]
    new = []
    for code, level, parent, lat, lon in sorted(rows, key=lambda row: row[0]):
        where = {"latitude": lat / 100, "longitude": lon / 100}
        if code in known:
            session.execute(update(Region).where(Region.code == code).values(**where))
        else:
            own = {"code": code, "name": code, "level": level, "parent_code": parent}
            new.append(own | where)
    if new:
        session.execute(insert(Region), new)


def _child(key: int, one: Any, schools: list[tuple[str, int]]) -> dict[str, object]:
    born = TODAY - timedelta(days=int((one.age + 0.5) * _YEAR))
    return {
        "id": key,
        "name": f"孩子{key}",
        "sex": Sex(one.sex),
        "birth_on": born,
        "languages": _SPOKEN[one.language],
        "region_code": one.township,
        "banner_code": one.banner,
        "league_code": schools[0][0][:4] + "00000000",
        "school_id": schools[key % len(schools)][1],
        "stage": Stage.PRIMARY,
        "grade": 4,
        "status": ChildStatus.OPEN,
        "entered_by": "bench",
        "entered_on": TODAY,
        "verified_by": "bench2",
        "verified_on": TODAY,
        "agreed_on": TODAY if one.age >= 14 else None,
    }


def _guardian(key: int) -> dict[str, object]:
    return {
        "child_id": key,
        "kin_role": KinRole.GUARDIAN,
        "relation": "奶奶",
        "name": f"奶奶{key}",
        "phone": f"139{key:08d}",
        "phone_index": f"{key:064x}",
    }


def _consent(key: int, purpose: Purpose) -> dict[str, object]:
    said = {"version": "1", "given_on": TODAY, "recorded_by": "bench"}
    return {"child_id": key, "purpose": purpose, **said}


def _needs(key: int, one: Any) -> list[dict[str, object]]:
    since, times = TODAY - timedelta(days=one.waiting_days), times_kept(one.times)
    said = {"urgency": min(one.urgency, 2), "since_on": since, "times": times}
    return [{"child_id": key, "kind": NeedKind(kind)} | said for kind in sorted(one.asks)]


def _volunteer(key: int, one: Any) -> dict[str, object]:
    return {
        "id": key,
        "name": f"志愿者{key}",
        "sex": Sex(one.sex),
        "region_code": one.township,
        "skills": [_SKILLS[skill] for skill in sorted(one.skills)],
        "languages": [_SPOKEN.get(code, "汉语") for code in sorted(one.languages)],
        "availability": "、".join(_WHEN[when] for when in sorted(one.times)) or None,
        "capacity": one.places,
        "reach_km": one.reach_km,
        "status": VolunteerStatus.CLEARED,
        "checked_on": TODAY,
        "trained_on": TODAY,
        "insured_until": TODAY + timedelta(days=200),
        "entered_by": "bench",
        "entered_on": TODAY - timedelta(days=one.waiting_days),
    }


if __name__ == "__main__":
    what, name, number = sys.argv[1:]
    step = {"build": _build, "run": _run, "judge": _judge}[what]
    print(json.dumps(step(Path(name), int(number))))
