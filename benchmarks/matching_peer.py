"""What matching costs bare: a KD-tree, numpy masks and scores, one flow a component.

No rules by name, no records, no proof. The numbers it works on are the very columns of ours;
`python -m benchmarks.matching_peer FOLDER` reads them from files, in a process as bare as itself.
"""

import json
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from ortools.graph.python import min_cost_flow
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree


def bare(n: Any, o: Any, w: dict[str, int]) -> int:
    """Return the best total of the same children and volunteers."""
    need, offer, score = pairs(n, o, w)
    size = len(n.row) + len(o.row)
    ends = (need, len(n.row) + offer)
    part = connected_components(
        coo_array((np.ones(len(need)), ends), shape=(size, size)), directed=False
    )[1]
    order = np.argsort(part[need], kind="stable")
    total = 0
    for at in np.split(order, np.flatnonzero(np.diff(part[need[order]])) + 1):
        total += flow(n, o, need[at], offer[at], score[at])
    return total


def pairs(n: Any, o: Any, w: dict[str, int]) -> tuple[Any, Any, Any]:
    """Return every pair that fits, place by place, and its score."""
    tree = cKDTree(points(o.lat, o.lon))
    places, of = np.unique(np.stack([n.lat, n.lon]), axis=1, return_inverse=True)
    order = np.argsort(of, kind="stable")
    cuts = np.searchsorted(of[order], np.arange(places.shape[1] + 1))
    near = tree.query_ball_point(points(*places), float(o.reach_km.max()) * 1.05 + 5)
    found = []
    for at in range(places.shape[1]):
        a, b = order[cuts[at] : cuts[at + 1]], np.array(near[at], dtype=np.int64)
        km = distance(places[0, at], places[1, at], o.lat[b], o.lon[b])
        ok = (n.asks[a][:, None] & o.skills[b]) > 0
        ok &= ((n.understands[a] | (1 << n.language[a]))[:, None] & o.languages[b]) > 0
        ok &= (n.times[a][:, None] & o.times[b]) > 0
        ok &= (n.sex[a][:, None] == 1) | (o.sex[b] == 0)
        ok &= (
            (km <= o.reach_km[b])
            & (o.places[b] > 0)
            & (o.is_cleared[b] > 0)
            & (o.is_trained[b] > 0)
        )
        ok &= (n.is_verified[a] * n.has_consent[a] * n.units_open[a])[:, None] > 0
        ok &= (n.age[a][:, None] >= o.age_from[b]) & (n.age[a][:, None] <= o.age_to[b])
        row, column = np.nonzero(ok)
        found.append((a[row], b[column], score(n, o, a[row], b[column], km=km[column], w=w)))
    return tuple(np.concatenate(one) for one in zip(*found, strict=True))


def score(n: Any, o: Any, a: Any, b: Any, *, km: Any, w: dict[str, int]) -> Any:
    """Return what each pair is worth."""
    asked, met = np.bitwise_count(n.asks[a]), np.bitwise_count(n.asks[a] & o.skills[b])
    both = np.bitwise_count(n.times[a] & o.times[b]).astype(np.int64)
    days = np.minimum(n.waiting_days[a], w["waiting_full_days"])
    way = w["distance"] * np.maximum(0, w["far_km"] - km) // w["far_km"]
    return (
        w["urgency"] * n.urgency[a] // 3
        + w["waiting"] * days // w["waiting_full_days"]
        + np.maximum(1, w["skill"] * met.astype(np.int64) // asked)
        + w["language"] * ((o.languages[b] >> n.language[a]) & 1)
        + np.where(n.township[a] == o.township[b], w["distance"], way)
        + w["times"] * both // np.bitwise_count(n.times[a])
    )


def flow(n: Any, o: Any, need: Any, offer: Any, score: Any) -> int:
    """Return the best total of one component, ties going to those who waited longest."""
    rows, a = np.unique(need, return_inverse=True)
    columns, b = np.unique(offer, return_inverse=True)
    waited = np.minimum(n.waiting_days[need], 1000) + np.minimum(o.waiting_days[offer], 1000)
    most = min(len(rows), int(o.places[columns].sum()))
    value = score * (int(waited.max()) * most + 1) + waited
    solver = min_cost_flow.SimpleMinCostFlow()
    add = solver.add_arcs_with_capacity_and_unit_cost
    source, sink = len(rows) + len(columns), len(rows) + len(columns) + 1
    arcs = add(len(rows) + b, a, np.ones(len(a), dtype=np.int64), -value)
    across = np.arange(len(columns))
    add(np.full(len(columns), source), len(rows) + across, o.places[columns], 0 * across)
    down = np.arange(len(rows))
    add(down, np.full(len(rows), sink), np.ones(len(rows), dtype=np.int64), 0 * down)
    solver.add_arc_with_capacity_and_unit_cost(source, sink, most, 0)
    solver.set_node_supply(source, most)
    solver.set_node_supply(sink, -most)
    assert solver.solve() == solver.OPTIMAL
    return int(np.dot(solver.flows(arcs), score))


def points(lat: Any, lon: Any) -> Any:
    """Return points in space, in kilometres."""
    up, over = np.radians(lat / 100), np.radians(lon / 100)
    return 6378 * np.stack(
        [np.cos(up) * np.cos(over), np.cos(up) * np.sin(over), np.sin(up)], axis=1
    )


def distance(lat: Any, lon: Any, lats: Any, lons: Any) -> Any:
    """Return whole kilometres from one place to others."""
    each = np.round(1113.2 * np.cos(np.radians(np.arange(91)))).astype(np.int64)
    east, north = (lon - lons) * each[(lat + lats) // 200], (lat - lats) * 1113
    return np.sqrt(east * east + north * north).astype(np.int64) // 1000


def peak() -> float:
    """Return the most memory in KiB that this process ever held."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def main() -> None:
    """Solve what lies in a folder; print seconds of processor time, peak and total."""
    folder, sides = Path(sys.argv[1]), []
    for side in ("needs", "offers"):
        with np.load(folder / f"{side}.npz") as read:
            sides.append(SimpleNamespace(**{name: read[name] for name in read.files}))
    weights = json.loads((folder / "weights.json").read_text())
    began = time.process_time()
    total = bare(*sides, weights)
    took = time.process_time() - began
    print(json.dumps({"whole": took, "peak_kib": peak(), "total": total}))


if __name__ == "__main__":
    main()
