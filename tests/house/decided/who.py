"""Who may enter: the sets that the rows name."""

from tests.house.places import LINKS

# endpoint -> who may enter, and the kind of the handle that its address holds.
Rows = dict[str, tuple[set[str], str]]

ADMIN, AUDITOR, CUSTODIAN = {"administrator"}, {"auditor"}, {"custodian"}
COLLECTING, PAYING, STATISTICS = {"collecting_desk"}, {"paying_desk"}, {"statistics"}
APPROVER = {"approver"}
CASE = APPROVER | {"case_worker", "case_deputy"}
STAFF = CASE | ADMIN | AUDITOR | COLLECTING | CUSTODIAN | PAYING | STATISTICS
SCHOOL, VILLAGE, TEACHER = {"school_officer"}, {"village_director"}, {"class_teacher"}
COLLECTOR, UNIT, VOLUNTEER = {"unit_collector"}, {"unit_hand"}, {"volunteer"}
ACCOUNTS = STAFF | SCHOOL | VILLAGE | VOLUNTEER | COLLECTOR | UNIT
DONOR, FAMILY, GUARDIAN = {"donor"}, {"family"}, {"guardian"}
EVERYBODY = ACCOUNTS | LINKS.keys() | {"public"}
OPEN = EVERYBODY
