"""People, places and what a viewer stands for."""

from enum import StrEnum


class Sex(StrEnum):
    FEMALE = "F"
    MALE = "M"


class Stage(StrEnum):
    PRESCHOOL = "preschool"
    PRIMARY = "primary"
    JUNIOR = "junior"
    SENIOR = "senior"
    UNIVERSITY = "university"


class RegionLevel(StrEnum):
    REGION = "region"
    LEAGUE = "league"
    BANNER = "banner"
    TOWNSHIP = "township"
    VILLAGE = "village"


class OrganisationKind(StrEnum):
    FEDERATION = "federation"
    SCHOOL = "school"
    WORK_UNIT = "work_unit"
    INSTITUTION = "institution"


class Role(StrEnum):
    """Whom a viewer stands for. `PUBLIC` needs no account; links stand for the next five."""

    PUBLIC = "public"
    DONOR = "donor"
    FAMILY = "family"
    CLASS_TEACHER = "class_teacher"
    CASE_WORKER = "case_worker"
    APPROVER = "approver"
    COLLECTING_DESK = "collecting_desk"
    PAYING_DESK = "paying_desk"
    CUSTODIAN = "custodian"
    AUDITOR = "auditor"
    STATISTICS = "statistics"
    ADMINISTRATOR = "administrator"
    SCHOOL_OFFICER = "school_officer"
    VILLAGE_DIRECTOR = "village_director"
    VOLUNTEER = "volunteer"
    UNIT_COLLECTOR = "unit_collector"
    UNIT_HAND = "unit_hand"
    CONSOLE = "console"
    ENGINE = "engine"


class NeedKind(StrEnum):
    FINANCIAL = "financial"
    TUTORING = "tutoring"
    DAILY_CARE = "daily_care"
    PSYCHOLOGICAL = "psychological"
    COMPANIONSHIP = "companionship"
    MATERIAL = "material"


class NeedStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class ChildStatus(StrEnum):
    DRAFT = "draft"
    VERIFIED = "verified"
    OPEN = "open"
    SUPPORTED = "supported"
    ENDED = "ended"


class HeldReason(StrEnum):
    """What a child's record still lacks (待补材料)."""

    NO_GUARDIAN = "no_guardian"
    NO_CONSENT = "no_consent"
    NOT_AGREED = "not_agreed"
    NO_SCHOOL = "no_school"
    NO_PHONE = "no_phone"
    NO_SEX = "no_sex"
    NO_PLACE = "no_place"


class EndReason(StrEnum):
    GRADUATED = "graduated"
    ADOPTED = "adopted"
    WITHDREW = "withdrew"
    DIED = "died"
    GROWN_UP = "grown_up"
    MOVED_AWAY = "moved_away"


class Category(StrEnum):
    """Why the child is on the roster (民政 categories); case staff only."""

    ORPHAN = "orphan"
    UNATTENDED = "unattended"
    LEFT_BEHIND = "left_behind"
    MIGRANT = "migrant"
    ILL_OR_DISABLED = "ill_or_disabled"
    LOW_INCOME = "low_income"
    SINGLE_PARENT = "single_parent"
    OTHER = "other"


class KinRole(StrEnum):
    """Only a guardian by law or appointment consents; a carer receives and confirms."""

    GUARDIAN = "guardian"
    CARER = "carer"


class KinEnd(StrEnum):
    """Why somebody looks after a child no more."""

    DIED = "died"
    RELIEVED = "relieved"


class Purpose(StrEnum):
    """What a consent covers; each may be withdrawn alone."""

    CASE_FILE = "case_file"
    SPONSORSHIP = "sponsorship"
    LETTERS = "letters"
    PHOTO = "photo"
    STATISTICS = "statistics"
    REVEAL = "reveal"
    CARE = "care"


class Language(StrEnum):
    """In which language a family gave its answer to whoever entered it."""

    CHINESE = "zh"
    MONGOLIAN = "mn"
    DAUR = "dta"
    EVENKI = "evn"
    OROQEN = "orh"
    OTHER = "other"


class Clearance(StrEnum):
    """What a volunteer needs before she is ever proposed (data/clearance.toml)."""

    RECORD_CHECK = "record_check"
    TRAINING = "training"
    INSURANCE = "insurance"


class VolunteerStatus(StrEnum):
    APPLIED = "applied"
    CLEARANCE = "clearance"
    TRAINING = "training"
    CLEARED = "cleared"
    ACTIVE = "active"
    ON_LEAVE = "on_leave"
    ENDED = "ended"
