"""What a rule may refuse. Each has a code; `web/core/messages.py` holds its sentence."""

from typing import ClassVar


class Refused(Exception):
    """A rule said no. `params` fill the sentence's placeholders: never a name, phone or token."""

    code: ClassVar[str] = "refused"

    def __init__(self, **params: object) -> None:
        super().__init__(self.code, params)
        self.params = params


class NotFound(Refused):
    """The record is absent or hidden: the two are told apart to nobody."""

    code = "not_found"


class NotPermitted(Refused):
    """The viewer's role does not allow this act at all."""

    code = "not_permitted"


class AlreadyDecided(Refused):
    """Somebody else was first."""

    code = "already_decided"


class ActedBefore(Refused):
    """Law 8: whoever took an earlier step in the chain does not take this one."""

    code = "acted_before"


class SteppedAside(ActedBefore):
    """Law 8: whoever declared an own part in a child's matches (回避) does not decide them."""

    code = "stepped_aside"


class TurnedOthersDown(ActedBefore):
    """Law 8: whoever turned down one pair after another does not approve the one that is left."""

    code = "turned_others_down"


class Superseded(AlreadyDecided):
    """A job's lease was taken over: its late holder writes nothing more."""

    code = "superseded"


class WrongState(Refused):
    """The lifecycle has no such step. Params: from_state, to_state."""

    code = "wrong_state"


class NoConsent(Refused):
    """Law 9: a consent for this purpose is missing or withdrawn."""

    code = "no_consent"


class NoLongerFits(Refused):
    """A hard rule of matching does not hold for this pair now. Params: rules."""

    code = "no_longer_fits"


class NothingLeftToPay(NoLongerFits):
    """All is paid until the graduation at which the pledge stops."""

    code = "nothing_left_to_pay"


class NeedCovered(NoLongerFits):
    """Others give what this child needs already, or so much of it that the sum would exceed it."""

    code = "need_covered"


class NoPlaceLeft(NoLongerFits):
    """The pledge is paused, ended, changed, or supports as many children as its donor wanted."""

    code = "no_place_left"


class BadInput(Refused):
    """What was entered cannot be used. Params: field, reason."""

    code = "bad_input"


class NoDatabasePrograms(Refused):
    """PostgreSQL's own programs, by which its database is copied, are not on this machine."""

    code = "no_database_programs"


class DumpFailed(Refused):
    """A program of PostgreSQL ended with a fault. Params: program."""

    code = "dump_failed"


class OtherDatabase(Refused):
    """A backup of one kind of database does not restore into another kind."""

    code = "other_database"


class LinkExpired(Refused):
    """The private link is unknown, used up or past its days: all three read alike."""

    code = "link_expired"


class TooLate(Refused):
    """A wrong tap can be taken back until the midnight of its day, and not after."""

    code = "too_late"


class Lapsed(Refused):
    """The request's time ran out before anybody acted on it."""

    code = "lapsed"


class ShownBefore(Refused):
    """An identity is shown once. Params: on (the day it was)."""

    code = "shown_before"


class WrongCode(Refused):
    """The six digits do not fit the class list's link. Params: left."""

    code = "wrong_code"


class RolesExclude(Refused):
    """Law 7: one person never holds two of the exclusive roles."""

    code = "roles_exclude"


class NeedsSecondPerson(Refused):
    """The act waits for another person's agreement."""

    code = "needs_second_person"


class NeedsApprover(Refused):
    """Two people agree to a volunteer's match, and one of them is an approver."""

    code = "needs_approver"


class TooEarly(Refused):
    """The time set for it is not over yet. Params: on (its last day)."""

    code = "too_early"


class WrongPassword(Refused):
    """Unknown login and wrong password read alike."""

    code = "wrong_password"


class TooManyTries(Refused):
    """Too many failed attempts in the window. Params: minutes."""

    code = "too_many_tries"


class NotEmpty(Refused):
    """The demo world goes into an empty database only."""

    code = "not_empty"


class NoDemoHere(NotEmpty):
    """A real installation takes no invented people, however empty it is."""

    code = "no_demo_here"


class BackupDamaged(Refused):
    """The file is no backup of ours, was made under another backup key, or is not whole."""

    code = "backup_damaged"


class BackupTooNew(Refused):
    """The backup was made by a later version of the program."""

    code = "backup_too_new"


class FiguresDamaged(Refused):
    """A release's figures are not those that were published: nothing of it is shown."""

    code = "figures_damaged"


class BooksDisagree(Refused):
    """The latest comparison of the books found something: no money leaves until it is cleared up."""

    code = "books_disagree"


class OrderDamaged(Refused):
    """A payment order's lines are not those that were prepared: it is handed out no more."""

    code = "order_damaged"


class ClockLeapt(WrongState):
    """The machine stood still for days, or its clock is wrong: nothing leaves until a person has looked."""

    code = "clock_leapt"


class NotCleared(Refused):
    """A unit's clerk has not said yet of which families on his list a guardian works there."""

    code = "not_cleared"


class OrderOver(Refused):
    """A line of a payment order was paid or put back: the order is handed out no more."""

    code = "order_over"


class OrderStale(Refused):
    """An account of a payment order changes, or a line is another hand's by now: it is put back first."""

    code = "order_stale"


class DayToCome(Refused):
    """Work for a day that has not come: on a real installation nothing is opened ahead by hand."""

    code = "day_to_come"


class RunDamaged(Refused):
    """A matching run's certificate is not the one it was kept with: it proves nothing."""

    code = "run_damaged"


class OtherKeys(Refused):
    """The records in the backup were sealed under other keys than those configured."""

    code = "other_keys"


class WouldReplace(Refused):
    """A restore goes into an empty installation, unless it is told to replace."""

    code = "would_replace"
