"""What a rule may refuse. Every refusal has a code; `web/messages.py` holds its Chinese sentence."""

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


class Superseded(AlreadyDecided):
    """A job's lease was taken over: its late holder writes nothing more."""

    code = "superseded"


class WrongState(Refused):
    """The lifecycle has no such step. Params: from_state, to_state."""

    code = "wrong_state"


class NoConsent(Refused):
    """Law 9: a consent for this purpose is missing or withdrawn."""

    code = "no_consent"


class BadInput(Refused):
    """What was entered cannot be used. Params: field, reason."""

    code = "bad_input"


class LinkExpired(Refused):
    """The private link is unknown, used up or past its days: all three read alike."""

    code = "link_expired"


class TooLate(Refused):
    """A wrong tap can be taken back until the midnight of its day, and not after."""

    code = "too_late"


class WrongCode(Refused):
    """The six digits do not fit the class list's link. Params: left."""

    code = "wrong_code"


class RolesExclude(Refused):
    """Law 7: one person never holds two of the exclusive roles."""

    code = "roles_exclude"


class NeedsSecondPerson(Refused):
    """The act waits for another person's agreement."""

    code = "needs_second_person"


class WrongPassword(Refused):
    """Unknown login and wrong password read alike."""

    code = "wrong_password"


class TooManyTries(Refused):
    """Too many failed attempts in the window. Params: minutes."""

    code = "too_many_tries"


class NotEmpty(Refused):
    """The demo world goes into an empty database only."""

    code = "not_empty"
