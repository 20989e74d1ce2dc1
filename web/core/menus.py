"""Every role has its own menu: the one list of what stands in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import current_app, request, url_for

from privacy.viewers import Viewer
from services.accounts.corner import Counted
from vocabulary.enums import Role


@dataclass(frozen=True, slots=True)
class Item:
    """One entry: its words, where it leads, its sign, and whose menu it stands in."""

    label: str
    endpoint: str
    icon: str
    roles: frozenset[Role]


def _for(label: str, endpoint: str, icon: str, *roles: Role) -> Item:
    return Item(label, endpoint, icon, frozenset(roles))


_CASE = (Role.CASE_WORKER, Role.APPROVER)
_RUNS = (*_CASE, Role.AUDITOR, Role.STATISTICS)

ITEMS: tuple[Item, ...] = (
    _for("总览", "staff.home", "grid", *_CASE, Role.STATISTICS),
    _for("待审批", "staff.matches.queue", "check-square", *_CASE),
    _for("拨付与转交", "staff.stipends.index", "cash-coin", *_CASE),
    _for("发放途径", "staff.routes.index", "signpost", *_CASE),
    _for("担心孩子", "staff.harm.index", "exclamation-triangle-fill", *_CASE),
    _for("信件", "staff.letters.index", "envelope-open", *_CASE),
    _for("互相认识", "staff.reveals.index", "person-heart", *_CASE),
    _for("待核实", "staff.disputes.index", "exclamation-circle", *_CASE),
    _for("抽问家庭", "staff.family_checks.index", "telephone", *_CASE),
    _for("孩子", "staff.children.index", "person-badge", *_CASE),
    _for("转入转出", "staff.transfers.index", "signpost", *_CASE),
    _for("认捐", "staff.pledges.index", "heart", *_CASE),
    _for("查阅与分工", "staff.file_access.index", "folder", *_CASE),
    _for("档案请求", "staff.guardian_requests.index", "person-badge", *_CASE),
    _for("爱心妈妈结对", "staff.care.index", "person-heart", *_CASE),
    _for("陪伴记录", "staff.visits.index", "calendar-check", *_CASE),
    _for("快断的结对", "staff.fading.index", "clock-history", *_CASE),
    _for("爱心妈妈", "staff.volunteers.index", "people", *_CASE),
    _for("学校", "staff.schools.index", "mortarboard", *_CASE),
    _for("名册导入", "staff.imports.index", "upload", *_CASE),
    _for("到账登记", "staff.receipts.index", "bank", Role.COLLECTING_DESK),
    _for("余款退回", "staff.pay_backs.index", "arrow-return-left", Role.COLLECTING_DESK),
    _for("捐赠票据", "staff.fiscal_receipts.index", "receipt", Role.COLLECTING_DESK),
    _for("拨付", "staff.batches.index", "cash-stack", Role.PAYING_DESK),
    _for("账目核对", "staff.books.index", "clipboard-check", Role.AUDITOR),
    _for("审计抽查", "staff.audit_samples.index", "eye", Role.AUDITOR),
    _for("每晚的配对", "staff.matching_runs.index", "shuffle", *_RUNS),
    _for("抽问家庭", "staff.family_checks.index", "telephone", Role.AUDITOR, Role.STATISTICS),
    _for("备用金", "staff.gap_fund.index", "wallet2", *_CASE, Role.AUDITOR),
    _for("身份申请", "staff.custody_requests.index", "person-lock", Role.CUSTODIAN),
    _for("保密记录", "staff.custody.index", "shield-lock", Role.CUSTODIAN),
    _for("密封的票据", "staff.sealed_receipts.index", "receipt", Role.CUSTODIAN),
    _for("余款退回", "staff.pay_backs.index", "arrow-return-left", Role.CUSTODIAN),
    _for("去世和票据", "staff.custody_donors.index", "person-lock", Role.CUSTODIAN),
    _for("导出", "staff.exports.index", "download", *_CASE, Role.PAYING_DESK, Role.AUDITOR),
    _for("帐号与角色", "staff.accounts.index", "person-gear", Role.ADMINISTRATOR),
    _for("工作单位", "staff.work_units.index", "building", Role.ADMINISTRATOR),
    _for("安全事件", "staff.incidents.index", "shield-lock", Role.ADMINISTRATOR, Role.CUSTODIAN),
    _for("运行状况", "staff.health.index", "activity", Role.ADMINISTRATOR),
    _for("保存期限", "staff.retention.index", "clock-history", Role.AUDITOR, Role.ADMINISTRATOR),
    _for("这个月的名单", "school.home", "list", Role.SCHOOL_OFFICER),
    _for("扫签收单", "school.slips.index", "qr-code", Role.SCHOOL_OFFICER),
    _for("以前的批次", "school.batches.index", "clock-history", Role.SCHOOL_OFFICER),
    _for("我村的家庭", "village.home", "people", Role.VILLAGE_DIRECTOR),
    _for("扫签收单", "village.slips.index", "qr-code", Role.VILLAGE_DIRECTOR),
    _for("消息", "school.inbox.index", "bell", Role.SCHOOL_OFFICER),
    _for("消息", "village.inbox.index", "bell", Role.VILLAGE_DIRECTOR),
    _for("我的资格", "volunteer.home", "person-heart", Role.VOLUNTEER),
    _for("消息", "volunteer.inbox.index", "bell", Role.VOLUNTEER),
    _for("代收", "unit.home", "people", Role.UNIT_COLLECTOR),
    _for("这个月的名单", "unit_hand.home", "list", Role.UNIT_HAND),
    _for("扫签收单", "unit_hand.slips.index", "qr-code", Role.UNIT_HAND),
    _for("以前的批次", "unit_hand.batches.index", "clock-history", Role.UNIT_HAND),
    _for("消息", "unit_hand.inbox.index", "bell", Role.UNIT_HAND),
    _for("我的认捐", "donor.home", "heart", Role.DONOR),
    _for("消息", "donor.inbox.index", "bell", Role.DONOR),
    _for(
        "消息",
        "staff.notices.index",
        "bell",
        *_CASE,
        Role.PAYING_DESK,
        Role.COLLECTING_DESK,
        Role.CUSTODIAN,
        Role.AUDITOR,
        Role.ADMINISTRATOR,
    ),
)


# What stands beside an entry; all that a page needs are counted in one statement.
_INBOXES = (
    "staff.notices.index",
    "school.inbox.index",
    "village.inbox.index",
    "volunteer.inbox.index",
    "unit_hand.inbox.index",
    "donor.inbox.index",
)
COUNTS: dict[str, Counted] = {
    **dict.fromkeys(_INBOXES, Counted.MESSAGES),
    "staff.harm.index": Counted.REPORTS,
    "staff.custody_requests.index": Counted.CUSTODY,
    "staff.file_access.index": Counted.FILES,
    "staff.letters.index": Counted.LETTERS,
    "staff.guardian_requests.index": Counted.GUARDIANS,
    "staff.visits.index": Counted.WORRIES,
}


@lru_cache(maxsize=256)
def _items(roles: frozenset[Role]) -> tuple[Item, ...]:
    return tuple(item for item in ITEMS if not roles.isdisjoint(item.roles))


@lru_cache(maxsize=256)
def counted_in(roles: frozenset[Role]) -> frozenset[Counted]:
    """Return what a menu counts."""
    return frozenset(COUNTS[item.endpoint] for item in _items(roles) if item.endpoint in COUNTS)


@lru_cache(maxsize=256)
def _address(endpoint: str, _root: str) -> str:
    """Ask the router once for each entry; it depends on where the application hangs, on nobody."""
    return url_for(endpoint)


def menu_of(viewer: Viewer, counts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the viewer's menu entries, each with its count, the present one marked."""
    here = (request.endpoint or "").rpartition(".")[0]
    return [
        {
            "label": item.label,
            "href": _address(item.endpoint, request.root_path),
            "icon": item.icon,
            "active": here == item.endpoint.rpartition(".")[0],
            "count": counts.get(COUNTS.get(item.endpoint, ""), 0),
            "late": 0,
        }
        for item in _items(viewer.roles)
        if item.endpoint in current_app.view_functions
    ]
