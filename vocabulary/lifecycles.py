"""Which state may follow which: the one list that `services.advance` reads (law 13)."""

from collections.abc import Mapping
from enum import StrEnum

from vocabulary.enums import (
    AccessStatus,
    AccountStatus,
    AmendmentStatus,
    BatchStatus,
    CareStatus,
    ChangeStatus,
    ChildStatus,
    CustodyStatus,
    GiftStatus,
    GrantStatus,
    GuardianWishStatus,
    ImportStatus,
    JobStatus,
    LetterStatus,
    MatchStatus,
    MoveStatus,
    NeedStatus,
    NoticeStatus,
    OnlineOrderStatus,
    PayBackStatus,
    PledgeStatus,
    RestStatus,
    RevealStatus,
    RunStatus,
    TransferStatus,
    TrialStatus,
    VolunteerStatus,
)
from vocabulary.errors import WrongState

Steps = Mapping[StrEnum, frozenset[StrEnum]]


def _steps(table: dict[StrEnum, tuple[StrEnum, ...]]) -> Steps:
    return {state: frozenset(nexts) for state, nexts in table.items()}


CHILD = _steps(
    {
        ChildStatus.DRAFT: (ChildStatus.VERIFIED, ChildStatus.ENDED),
        ChildStatus.VERIFIED: (ChildStatus.OPEN, ChildStatus.DRAFT, ChildStatus.ENDED),
        ChildStatus.OPEN: (
            ChildStatus.SUPPORTED,
            ChildStatus.VERIFIED,
            ChildStatus.DRAFT,
            ChildStatus.ENDED,
        ),
        ChildStatus.SUPPORTED: (ChildStatus.OPEN, ChildStatus.ENDED),
        ChildStatus.ENDED: (),
    }
)
NEED = _steps({NeedStatus.OPEN: (NeedStatus.CLOSED,), NeedStatus.CLOSED: (NeedStatus.OPEN,)})
PLEDGE = _steps(
    {
        PledgeStatus.OFFERED: (PledgeStatus.CONFIRMED, PledgeStatus.ENDED),
        PledgeStatus.CONFIRMED: (PledgeStatus.PAUSED, PledgeStatus.ENDING, PledgeStatus.ENDED),
        PledgeStatus.PAUSED: (PledgeStatus.CONFIRMED, PledgeStatus.ENDING, PledgeStatus.ENDED),
        PledgeStatus.ENDING: (PledgeStatus.CONFIRMED, PledgeStatus.ENDED),
        # What is left of a stopped one helps another child, at its donor's word.
        PledgeStatus.ENDED: (PledgeStatus.CONFIRMED,),
    }
)
MATCH = _steps(
    {
        MatchStatus.PROPOSED: (MatchStatus.ACTIVE, MatchStatus.DECLINED, MatchStatus.LAPSED),
        MatchStatus.ACTIVE: (MatchStatus.ENDED,),
        MatchStatus.DECLINED: (),
        MatchStatus.LAPSED: (),
        MatchStatus.ENDED: (),
    }
)
# A volunteer's match: she answers first, then two of the staff, then sixty days.
CARE = _steps(
    {
        CareStatus.PROPOSED: (CareStatus.ACCEPTED, CareStatus.DECLINED, CareStatus.LAPSED),
        CareStatus.ACCEPTED: (CareStatus.TRIAL, CareStatus.DECLINED, CareStatus.LAPSED),
        CareStatus.TRIAL: (CareStatus.ACTIVE, CareStatus.ENDED),
        CareStatus.ACTIVE: (CareStatus.ENDED,),
        CareStatus.DECLINED: (),
        CareStatus.LAPSED: (),
        CareStatus.ENDED: (),
    }
)
# A matching run: nothing of it stands on a desk before somebody released it.
MATCHING_RUN = _steps(
    {
        RunStatus.ASKED: (RunStatus.RUNNING, RunStatus.EMPTY, RunStatus.STOPPED),
        RunStatus.RUNNING: (RunStatus.DRAFT, RunStatus.STOPPED),
        RunStatus.DRAFT: (RunStatus.RELEASED, RunStatus.DISCARDED, RunStatus.REPLACED),
        RunStatus.RELEASED: (RunStatus.DAMAGED,),
        RunStatus.DISCARDED: (),
        RunStatus.REPLACED: (),
        RunStatus.STOPPED: (),
        RunStatus.EMPTY: (),
        RunStatus.DAMAGED: (),
    }
)
POLICY_TRIAL = _steps(
    {
        TrialStatus.ASKED: (TrialStatus.RUNNING, TrialStatus.STOPPED),
        TrialStatus.RUNNING: (TrialStatus.DONE, TrialStatus.STOPPED),
        TrialStatus.DONE: (),
        TrialStatus.STOPPED: (),
    }
)
BATCH = _steps(
    {
        BatchStatus.OPEN: (BatchStatus.ORDERED, BatchStatus.SENT),
        BatchStatus.ORDERED: (BatchStatus.SENT, BatchStatus.UNCLEAR, BatchStatus.OPEN),
        BatchStatus.UNCLEAR: (BatchStatus.SENT, BatchStatus.OPEN),
        BatchStatus.SENT: (BatchStatus.CLOSED,),
        BatchStatus.CLOSED: (BatchStatus.SENT,),
    }
)
NOTICE = _steps(
    {
        NoticeStatus.WAITING: (
            NoticeStatus.SENDING,
            NoticeStatus.DELIVERED,
            NoticeStatus.FAILED,
            NoticeStatus.DROPPED,
        ),
        NoticeStatus.SENDING: (
            NoticeStatus.DELIVERED,
            NoticeStatus.WAITING,
            NoticeStatus.FAILED,
            NoticeStatus.UNCLEAR,
        ),
        NoticeStatus.FAILED: (NoticeStatus.WAITING, NoticeStatus.DROPPED),
        # By what the provider says under the same key, never by sending anew.
        NoticeStatus.UNCLEAR: (NoticeStatus.DELIVERED, NoticeStatus.WAITING),
        NoticeStatus.DELIVERED: (),
        NoticeStatus.DROPPED: (),
    }
)
JOB = _steps(
    {
        JobStatus.RUNNING: (JobStatus.DONE, JobStatus.FAILED),
        JobStatus.DONE: (JobStatus.RUNNING,),
        JobStatus.FAILED: (JobStatus.RUNNING,),
    }
)
IMPORT = _steps(
    {
        ImportStatus.READING: (ImportStatus.PREVIEWED, ImportStatus.DISCARDED),
        ImportStatus.PREVIEWED: (ImportStatus.TAKING, ImportStatus.DISCARDED),
        ImportStatus.TAKING: (ImportStatus.TAKEN,),
        ImportStatus.TAKEN: (),
        ImportStatus.DISCARDED: (),
    }
)
VOLUNTEER = _steps(
    {
        VolunteerStatus.APPLIED: (VolunteerStatus.CLEARANCE, VolunteerStatus.ENDED),
        VolunteerStatus.CLEARANCE: (VolunteerStatus.TRAINING, VolunteerStatus.ENDED),
        VolunteerStatus.TRAINING: (VolunteerStatus.CLEARED, VolunteerStatus.ENDED),
        VolunteerStatus.CLEARED: (
            VolunteerStatus.ACTIVE,
            VolunteerStatus.ON_LEAVE,
            VolunteerStatus.ENDED,
        ),
        VolunteerStatus.ACTIVE: (VolunteerStatus.ON_LEAVE, VolunteerStatus.ENDED),
        VolunteerStatus.ON_LEAVE: (VolunteerStatus.ACTIVE, VolunteerStatus.ENDED),
        VolunteerStatus.ENDED: (),
    }
)
ACCOUNT = _steps(
    {
        AccountStatus.INVITED: (AccountStatus.ACTIVE, AccountStatus.ENDED),
        AccountStatus.ACTIVE: (AccountStatus.LOCKED, AccountStatus.ENDED),
        AccountStatus.LOCKED: (AccountStatus.ACTIVE, AccountStatus.ENDED),
        AccountStatus.ENDED: (),
    }
)
GRANT = _steps(
    {
        GrantStatus.ASKED: (GrantStatus.GRANTED, GrantStatus.ENDED),
        GrantStatus.GRANTED: (GrantStatus.ENDED,),
        GrantStatus.ENDED: (),
    }
)
CHANGE = _steps(
    {
        ChangeStatus.WAITING: (ChangeStatus.APPLIED, ChangeStatus.UNDONE),
        ChangeStatus.APPLIED: (),
        ChangeStatus.UNDONE: (),
    }
)

GIFT = _steps(
    {
        GiftStatus.WAITING: (GiftStatus.GIVEN, GiftStatus.UNDONE, GiftStatus.LAPSED),
        GiftStatus.GIVEN: (),
        GiftStatus.UNDONE: (),
        GiftStatus.LAPSED: (),
    }
)

MOVE = _steps(
    {
        MoveStatus.ASKED: (
            MoveStatus.ACCEPTED,
            MoveStatus.DECLINED,
            MoveStatus.UNDONE,
            MoveStatus.LAPSED,
        ),
        MoveStatus.ACCEPTED: (MoveStatus.DONE, MoveStatus.UNDONE, MoveStatus.LAPSED),
        MoveStatus.DONE: (),
        MoveStatus.DECLINED: (),
        MoveStatus.UNDONE: (),
        MoveStatus.LAPSED: (),
    }
)

AMENDMENT = _steps(
    {
        AmendmentStatus.ASKED: (
            AmendmentStatus.AGREED,
            AmendmentStatus.DONE,
            AmendmentStatus.TURNED_DOWN,
        ),
        AmendmentStatus.AGREED: (AmendmentStatus.DONE, AmendmentStatus.TURNED_DOWN),
        AmendmentStatus.DONE: (),
        AmendmentStatus.TURNED_DOWN: (),
    }
)
TRANSFER = _steps(
    {
        TransferStatus.ASKED: (
            TransferStatus.ACCEPTED,
            TransferStatus.TURNED_DOWN,
            TransferStatus.TAKEN_BACK,
        ),
        TransferStatus.ACCEPTED: (),
        TransferStatus.TURNED_DOWN: (),
        TransferStatus.TAKEN_BACK: (),
    }
)

CUSTODY = _steps(
    {
        CustodyStatus.ASKED: (CustodyStatus.AGREED, CustodyStatus.DECLINED, CustodyStatus.LAPSED),
        CustodyStatus.AGREED: (CustodyStatus.SHOWN, CustodyStatus.LAPSED),
        CustodyStatus.DECLINED: (),
        CustodyStatus.LAPSED: (),
        CustodyStatus.SHOWN: (),
    }
)

ACCESS = _steps(
    {
        AccessStatus.ASKED: (AccessStatus.GRANTED, AccessStatus.DECLINED, AccessStatus.LAPSED),
        AccessStatus.OPENED: (AccessStatus.GRANTED, AccessStatus.DECLINED),
        AccessStatus.GRANTED: (),
        AccessStatus.DECLINED: (),
        AccessStatus.LAPSED: (),
    }
)

# Declined may still become a yes: whoever thought it over says so on the same page.
REVEAL = _steps(
    {
        RevealStatus.ASKED: (RevealStatus.PUT, RevealStatus.ENDED),
        RevealStatus.PUT: (RevealStatus.AGREED, RevealStatus.DECLINED, RevealStatus.ENDED),
        RevealStatus.DECLINED: (RevealStatus.AGREED, RevealStatus.ENDED),
        RevealStatus.AGREED: (
            RevealStatus.CHECKING,
            RevealStatus.DECLINED,
            RevealStatus.ENDED,
        ),
        RevealStatus.CHECKING: (
            RevealStatus.SHOWN,
            RevealStatus.TURNED_DOWN,
            RevealStatus.DECLINED,
            RevealStatus.ENDED,
        ),
        RevealStatus.TURNED_DOWN: (),
        RevealStatus.SHOWN: (RevealStatus.DECLINED, RevealStatus.ENDED),
        RevealStatus.ENDED: (RevealStatus.ASKED,),
    }
)

GUARDIAN_WISH = _steps(
    {
        GuardianWishStatus.ASKED: (GuardianWishStatus.AGREED, GuardianWishStatus.REFUSED),
        GuardianWishStatus.AGREED: (),
        GuardianWishStatus.REFUSED: (),
    }
)

# Released may be looked at again until the batch; what was delivered stays so.
LETTER = _steps(
    {
        LetterStatus.SUBMITTED: (LetterStatus.SCREENED, LetterStatus.RETURNED),
        LetterStatus.SCREENED: (
            LetterStatus.RELEASED,
            LetterStatus.RETURNED,
            LetterStatus.SUBMITTED,
        ),
        LetterStatus.RELEASED: (LetterStatus.DELIVERED, LetterStatus.SCREENED),
        LetterStatus.RETURNED: (),
        LetterStatus.DELIVERED: (),
    }
)

# A closed order may still be paid: the provider's word of money counts whenever it comes.
ONLINE_ORDER = _steps(
    {
        OnlineOrderStatus.OPEN: (
            OnlineOrderStatus.UNKNOWN,
            OnlineOrderStatus.PAID,
            OnlineOrderStatus.HELD,
            OnlineOrderStatus.CLOSED,
        ),
        OnlineOrderStatus.UNKNOWN: (
            OnlineOrderStatus.PAID,
            OnlineOrderStatus.HELD,
            OnlineOrderStatus.CLOSED,
        ),
        OnlineOrderStatus.CLOSED: (OnlineOrderStatus.PAID, OnlineOrderStatus.HELD),
        OnlineOrderStatus.PAID: (),
        OnlineOrderStatus.HELD: (),
    }
)

REST = _steps(
    {
        RestStatus.WAITING: (RestStatus.PAYING, RestStatus.DONE, RestStatus.WITHDRAWN),
        RestStatus.PAYING: (RestStatus.DONE,),
        # The bank may say later that it could not deliver.
        RestStatus.DONE: (RestStatus.PAYING,),
        RestStatus.WITHDRAWN: (),
    }
)
# What two people of one desk make out, the paying desk releases; the bank's own word comes last.
PAY_BACK = _steps(
    {
        PayBackStatus.WAITS: (PayBackStatus.MADE,),
        PayBackStatus.MADE: (PayBackStatus.AGREED, PayBackStatus.WAITS),
        PayBackStatus.AGREED: (PayBackStatus.RELEASED, PayBackStatus.WAITS),
        PayBackStatus.RELEASED: (PayBackStatus.PAID, PayBackStatus.REFUSED),
        PayBackStatus.PAID: (PayBackStatus.BOUNCED,),
        PayBackStatus.BOUNCED: (),
        PayBackStatus.REFUSED: (),
    }
)

TABLES: Mapping[type[StrEnum], Steps] = {
    ChildStatus: CHILD,
    GuardianWishStatus: GUARDIAN_WISH,
    NeedStatus: NEED,
    PledgeStatus: PLEDGE,
    MatchStatus: MATCH,
    CareStatus: CARE,
    RunStatus: MATCHING_RUN,
    TrialStatus: POLICY_TRIAL,
    BatchStatus: BATCH,
    NoticeStatus: NOTICE,
    JobStatus: JOB,
    ImportStatus: IMPORT,
    VolunteerStatus: VOLUNTEER,
    AccountStatus: ACCOUNT,
    GrantStatus: GRANT,
    ChangeStatus: CHANGE,
    GiftStatus: GIFT,
    MoveStatus: MOVE,
    AmendmentStatus: AMENDMENT,
    TransferStatus: TRANSFER,
    RevealStatus: REVEAL,
    CustodyStatus: CUSTODY,
    AccessStatus: ACCESS,
    LetterStatus: LETTER,
    OnlineOrderStatus: ONLINE_ORDER,
    RestStatus: REST,
    PayBackStatus: PAY_BACK,
}


def check_step(current: StrEnum, to: StrEnum) -> None:
    """Raise WrongState unless the table of this kind lets `to` follow `current`."""
    if to not in TABLES[type(current)][current]:
        raise WrongState(from_state=current.value, to_state=to.value)


def sources_of(to: StrEnum) -> frozenset[StrEnum]:
    """Return every state from which `to` may be reached in one step."""
    return frozenset(state for state, nexts in TABLES[type(to)].items() if to in nexts)
