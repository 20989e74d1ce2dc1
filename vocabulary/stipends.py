"""What the facts of one instalment say: its status for those who see all of them, and for others.

Each date is that of the latest effective fact of its kind, or None.
"""

from collections.abc import Mapping
from datetime import date

from vocabulary.enums import FactKind, Snag, StipendStatus
from vocabulary.errors import WrongState

Facts = Mapping[FactKind, date | None]
# What a hand sends back to the account that it came from.
SENT_BACK = (Snag.REFUSED, Snag.UNDELIVERABLE, Snag.OWN_STAFF)
# What a hand may keep for a while, and no longer than the rest that goes back.
KEPT_FOR_NOW = (
    Snag.ON_LEAVE,
    Snag.BOARDING,
    Snag.SUSPENDED,
    Snag.TRANSFERRED,
    Snag.LEFT_SCHOOL,
    Snag.WRONG_DETAILS,
)

_ENDS = (
    (FactKind.WRITTEN_OFF, StipendStatus.WRITTEN_OFF),
    (FactKind.CANCELLED, StipendStatus.CANCELLED),
    (FactKind.DISPUTED, StipendStatus.IN_DISPUTE),
    (FactKind.CONFIRMED, StipendStatus.CONFIRMED),
    (FactKind.HANDED_OVER, StipendStatus.HANDED_OVER),
    (FactKind.RETURNED, StipendStatus.RETURNED),
    (FactKind.NOT_HANDED_OVER, StipendStatus.HELD_UP),
    (FactKind.SENT, StipendStatus.SENT),
    (FactKind.RECEIVED, StipendStatus.FUNDED),
    (FactKind.BRIDGED, StipendStatus.FUNDED),
)

# A fact needs these before it, and none of those beside it.
_NEEDS: Mapping[FactKind, tuple[FactKind, ...]] = {
    FactKind.PROMISED: (),
    FactKind.RECEIVED: (FactKind.PROMISED,),
    FactKind.BRIDGED: (FactKind.PROMISED,),
    FactKind.SENT: (),
    FactKind.HANDED_OVER: (FactKind.SENT,),
    FactKind.NOT_HANDED_OVER: (FactKind.SENT,),
    FactKind.CONFIRMED: (FactKind.SENT,),
    FactKind.DISPUTED: (FactKind.SENT,),
    FactKind.RETURNED: (FactKind.SENT,),
    FactKind.CANCELLED: (FactKind.PROMISED,),
    FactKind.WRITTEN_OFF: (FactKind.SENT,),
    FactKind.MADE_GOOD: (FactKind.CONFIRMED,),
}
# Money may be its donor's or the gap fund's: one of the two is enough.
PAID_BY = (FactKind.RECEIVED, FactKind.BRIDGED)
_BARS: Mapping[FactKind, tuple[FactKind, ...]] = {
    FactKind.HANDED_OVER: (FactKind.NOT_HANDED_OVER, FactKind.RETURNED, FactKind.WRITTEN_OFF),
    FactKind.NOT_HANDED_OVER: (FactKind.HANDED_OVER, FactKind.RETURNED, FactKind.WRITTEN_OFF),
    FactKind.CONFIRMED: (FactKind.DISPUTED,),
    FactKind.DISPUTED: (FactKind.CONFIRMED,),
    FactKind.RETURNED: (FactKind.HANDED_OVER, FactKind.WRITTEN_OFF),
    FactKind.WRITTEN_OFF: (FactKind.HANDED_OVER, FactKind.RETURNED),
    FactKind.CANCELLED: (FactKind.SENT,),
    FactKind.SENT: (FactKind.CANCELLED,),
    FactKind.RECEIVED: (FactKind.CANCELLED,),
    FactKind.BRIDGED: (FactKind.RECEIVED, FactKind.CANCELLED),
}


def status_of(facts: Facts) -> StipendStatus:
    """Derive the one status that staff see; it overwrites no fact."""
    for kind, status in _ENDS:
        if facts.get(kind):
            return status
    return StipendStatus.DUE


def school_status_of(facts: Facts) -> StipendStatus:
    """Derive what the school may see: nothing a family said has a part in it (law 15)."""
    hidden = (FactKind.CONFIRMED, FactKind.DISPUTED)
    return status_of({kind: on for kind, on in facts.items() if kind not in hidden})


def check_fact(kind: FactKind, facts: Facts) -> None:
    """Raise WrongState if `kind` is there already, lacks a fact before it, or meets a bar."""
    lacking = [needed for needed in _NEEDS[kind] if not facts.get(needed)]
    barred = [bar for bar in _BARS.get(kind, ()) if facts.get(bar)]
    is_unpaid = kind is FactKind.SENT and not any(facts.get(paid) for paid in PAID_BY)
    if facts.get(kind) or lacking or barred or is_unpaid:
        raise WrongState(from_state=status_of(facts).value, to_state=kind.value)


def check_take_back(kind: FactKind, facts: Facts, *, instead: FactKind | None = None) -> None:
    """Raise WrongState while another fact rests on this one; a cancelled instalment stays so.

    What left the house has been paid for: its money is taken back only where other comes `instead`.
    """
    facts = facts if instead is None else {**facts, instead: date.max}
    rests = [later for later, needs in _NEEDS.items() if kind in needs and facts.get(later)]
    if kind is FactKind.BRIDGED and facts.get(FactKind.RECEIVED):
        rests.append(FactKind.RECEIVED)  # it went back to the fund
    if kind in PAID_BY and facts.get(FactKind.SENT) and not all(map(facts.get, PAID_BY)):
        rests.append(FactKind.SENT)
    if rests or not facts.get(kind) or kind is FactKind.CANCELLED:
        raise WrongState(from_state=status_of(facts).value, to_state=kind.value)
