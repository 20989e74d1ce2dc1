"""`python -m matching INSTANCE.json --json`: the best total assignment, and what proves it."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from matching.component import Component
from matching.exact import Solution, solve
from matching.flow import NotSolved
from matching.instance import Instance, read
from matching.values import BadInstance

_REFUSED = 2


def main(arguments: list[str] | None = None) -> int:
    """Print the answer on stdout; a fault in the file goes to stderr with its place."""
    parser = argparse.ArgumentParser(prog="python -m matching", description=__doc__)
    parser.add_argument("instance", help="the file, or - for standard input")
    parser.add_argument("--json", action="store_true", help="print pairs and proof as JSON")
    asked = parser.parse_args(arguments)
    try:
        instance = read(_text(asked.instance))
        solution = solve(instance)
    except (BadInstance, OSError) as error:
        sys.stderr.write(f"{asked.instance}: {error}\n")
        return _REFUSED
    except NotSolved as error:
        sys.stderr.write(f"{asked.instance}: the numbers are too large together ({error})\n")
        return _REFUSED
    said = _answer(instance, solution) if asked.json else _summary(solution)
    sys.stdout.write(said + "\n")
    return 0


def _answer(instance: Instance, solution: Solution) -> str:
    printed = {
        "pairs": [
            [instance.needs[instance.need[at]], instance.offers[instance.offer[at]], int(units)]
            for at, units in enumerate(solution.units)
            if units
        ],
        "total": solution.total,
        "optimal": solution.is_optimal,
        "certificate": _certificate(instance, solution),
    }
    return json.dumps(printed)  # plain ASCII, whatever the terminal can write


def _certificate(instance: Instance, solution: Solution) -> dict[str, Any]:
    """Return prices where the flow is the proof, and CP-SAT's bound for every other part."""
    parts = [_part(instance, part) for part in solution.parts]
    needs = {str(need) for part in parts for need in part["needs"]}
    offers = {str(offer) for part in parts for offer in part["offers"]}
    need_prices = _prices(instance.needs, solution.need_prices, without=needs)
    offer_prices = _prices(instance.offers, solution.offer_prices, without=offers)
    units = dict(zip(map(str, instance.needs), instance.units.tolist(), strict=True))
    capacity = dict(zip(map(str, instance.offers), instance.capacity.tolist(), strict=True))
    bound = sum(price * units[key] for key, price in need_prices.items())
    bound += sum(price * capacity[key] for key, price in offer_prices.items())
    return {
        "bound": bound + sum(part["bound"] for part in parts),
        "need_prices": need_prices,
        "offer_prices": offer_prices,
        "parts": parts,
    }


def _prices(names: tuple[str | int, ...], prices: Any, *, without: set[str]) -> dict[str, int]:
    return {
        str(name): int(price)
        for name, price in zip(names, prices, strict=True)
        if str(name) not in without
    }


def _part(instance: Instance, part: Component) -> dict[str, Any]:
    return {
        "by": "cp_sat",
        "needs": [instance.needs[row] for row in np.unique(instance.need[part.pairs])],
        "offers": [instance.offers[row] for row in np.unique(instance.offer[part.pairs])],
        "value": part.value,
        "bound": part.bound,
    }


def _summary(solution: Solution) -> str:
    proof = "optimal" if solution.is_optimal else "best found; the search was stopped"
    return f"total {solution.total} over {np.count_nonzero(solution.units)} pairs, {proof}"


def _text(name: str) -> str:
    written = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    try:
        return written.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = f"byte {error.start + 1}"
        raise BadInstance(place, "is no UTF-8; save the file as UTF-8") from error


if __name__ == "__main__":
    sys.exit(main())
