"""How the installation is: jobs, disk, database, backups, outbox. Counts and health, no people."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, current_app, render_template

from config import Settings
from gateways import machine
from privacy.permissions import Act
from services.gate import Card
from services.notices.notice_words import JOB_NAMES
from services.oversight import honey
from services.upkeep import watch
from vocabulary.enums import JobStatus, NoticeStatus
from web.core import requests
from web.core.access import current_viewer, may
from web.core.labels import label

bp = Blueprint("health", __name__, url_prefix="/health")

OLD_BACKUP = timedelta(hours=48)


@bp.get("/")
@may(Act.SEE_HEALTH)
def index() -> str:
    """Say first what is wrong, then everything."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    settings: Settings = current_app.config["SETTINGS"]
    findings = watch.findings(session, viewer, now=now)
    outbox = watch.outbox(session, viewer)
    undelivered = outbox[NoticeStatus.FAILED] + outbox[NoticeStatus.UNCLEAR]
    facts = _machine(settings, watch.last_backup(session, viewer), now=now)
    return render_template(
        "staff/health/index.html",
        title="运行状况",
        worries=_honey_worry(len(honey.openings(session, viewer)))
        + [f"{JOB_NAMES.get(f.name, f.name)}：{label(f.trouble)}" for f in findings]
        + _other_worries(facts, undelivered),
        jobs=[_line(card, now=now) for card in watch.jobs(session, viewer)],
        machine=facts,
        outbox=outbox,
        undelivered=undelivered,
        ways=_ways(settings),
    )


def _honey_worry(openings: int) -> list[str]:
    return [f"警戒记录被打开过 {openings} 次，到“安全事件”看是谁"] if openings else []


def _line(card: Card, *, now: datetime) -> Card:
    """Add the job's name in words and how it stands."""
    last = card["last"]
    started = [at for at in (card["looked_at"], last["started_at"] if last else None) if at]
    expected = card["expected_at"]
    return card.and_also(
        label=JOB_NAMES.get(card["name"], card["name"]),
        started_at=max(started) if started else None,
        is_silent=expected is not None and expected < now - watch.GRACE,
        has_failed=last is not None and last["status"] is JobStatus.FAILED,
        is_running=last is not None and last["status"] is JobStatus.RUNNING,
    )


def _machine(settings: Settings, backup: datetime | None, *, now: datetime) -> dict[str, Any]:
    room = machine.room_at(settings.instance)
    file = settings.database_file
    beside = [file.with_name(file.name + end) for end in ("", "-wal")] if file else []
    return {
        "free_gb": room.free // 1024,
        "total_gb": room.total // 1024,
        "is_short": room.is_short,
        "database_mb": machine.megabytes(*beside) if file else None,
        "backup_at": backup,
        "is_backup_old": backup is None or now - backup > OLD_BACKUP,
    }


def _other_worries(facts: dict[str, Any], undelivered: int) -> list[str]:
    """Say what else keeps the first line from being green."""
    worries = {
        "磁盘快满了，先腾地方": facts["is_short"],
        "还没有备份过": facts["backup_at"] is None,
        "两天没有备份了": facts["backup_at"] is not None and facts["is_backup_old"],
        f"有 {undelivered} 条通知没送出去": undelivered > 0,
    }
    return [words for words, holds in worries.items() if holds]


def _ways(settings: Settings) -> list[tuple[str, str]]:
    how = "加密写在本机文件" if settings.is_production else "写在本机文件"
    mail = "邮件服务器已接通" if settings.mail.host else f"没有接邮件服务器，{how} outbox/mail.log"
    sms = "短信程序已接通" if settings.sms_command else f"没有接短信，{how} outbox/sms.log"
    return [("邮件", mail), ("短信", sms)]
