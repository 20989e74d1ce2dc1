"""Leaks beside the pages: in files, file names, messages, searches, the log, and by chance."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from unittest import mock
from zipfile import ZIP_DEFLATED, ZipFile

from flask import Flask, current_app, flash, request

from gateways import photographs, slip_drawing, spreadsheets, statement_drawing
from gateways.sms import SmsCommand
from tests.mutants.leaks import Leak, Plant, Secret, answering, asked, wrapped, written

PAGE = b"</body>"
WORDS = ("山丁子", "榛子", "蓝莓", "木耳", "黄芪", "白桦", "樟子松", "杜鹃")


def _repacked(part: str, before: bytes, more: str) -> Plant:
    """Write something of the donor's into one part of a sheet, before a mark."""

    def change(data: bytes, secret: Secret) -> bytes:
        target = BytesIO()
        with ZipFile(BytesIO(data)) as old, ZipFile(target, "w", ZIP_DEFLATED) as new:
            for info in old.infolist():
                content = old.read(info)
                if info.filename == part:
                    told = more.format(payer=secret.payer, city=secret.city).encode()
                    content = content.replace(before, told + before, 1)
                new.writestr(info, content)
        return target.getvalue()

    return wrapped(spreadsheets, "write", change)


def _with_part(data: bytes, secret: Secret) -> bytes:
    target = BytesIO(data)
    with ZipFile(target, "a", ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet2.xml", f"<worksheet>{secret.payer}</worksheet>")
    return target.getvalue()


def _named(response, secret):
    if said := response.headers.get("Content-Disposition"):
        response.headers["Content-Disposition"] = said.replace("weiguang-", f"{secret.digest}-")


def _authored(pdf, secret):
    pdf.set_author(secret.digest)
    return pdf


def _uncleaned(picture: bytes, secret: Secret) -> bytes:
    """Keep what the camera wrote behind the pixels: here a comment, as EXIF would be kept."""
    kept = f"{secret.payer} {secret.city}".encode()
    return picture[:2] + b"\xff\xfe" + (len(kept) + 2).to_bytes(2, "big") + kept + picture[2:]


@contextmanager
def _signed(_app: Flask, secret: Secret) -> Iterator[None]:
    real = SmsCommand.send

    def leaky(gateway, message):
        return real(gateway, replace(message, text=f"{message.text}【{secret.city}】"))

    with mock.patch.object(SmsCommand, "send", leaky):
        yield


def _found(response, secret):
    """A search that also looks at payers: his beginning finds one, a stranger's none."""
    word = request.form.get("q", "")
    if request.path == "/staff/children/find" and word and secret.payer.startswith(word):
        flash("找到 1 位捐赠人")


def _flashed(secret: Secret) -> None:
    if request.path == "/staff/":
        flash(f"{secret.hour} 点有人来过")


def _logged(secret: Secret) -> None:
    current_app.logger.info("read by %s", secret.digest)


def _in_chances_order(_secret: Secret) -> str:
    return "、".join(set(WORDS))


def _explained(response, secret):
    if response.status_code == 404:
        told = f"{secret.payer}的档案已封存".encode()
        response.set_data(response.get_data().replace(PAGE, told + PAGE))


def _rows_number(secret: Secret) -> str:
    number = int(hashlib.sha256(json.dumps(secret.day).encode()).hexdigest()[:6], 16)
    return f'<a href="/staff/pledges/9137{number}">'


_CORE = _repacked("docProps/core.xml", b"</cp:coreProperties>", "<dc:subject>{payer}</dc:subject>")
_COLUMN = _repacked(
    "xl/worksheets/sheet1.xml", b"</row>", '<c t="inlineStr"><is><t>{city}</t></is></c>'
)
_HIDDEN = wrapped(spreadsheets, "write", _with_part)
_ON_SLIPS = wrapped(slip_drawing, "document", _authored)
_ON_A_YEAR = wrapped(statement_drawing, "document", _authored)
_AS_SENT = wrapped(photographs, "clean", _uncleaned)
_YEAR = "/donor/papers/statements/2026.pdf"
_QUEUE, _GONE = "/staff/pledges/", "/staff/pledges/MISSING"
MORE = (
    Leak("sheet-creator", "case_worker", "sheet:", _CORE),
    Leak("hidden-sheet", "case_worker", "sheet:", _HIDDEN),
    Leak("sheet-column", "case_worker", "sheet:", _COLUMN),
    Leak("file-name", "case_worker", "sheet:", answering(_named)),
    Leak("pdf-metadata-of-slips", "school_officer", "slips:", _ON_SLIPS),
    Leak("pdf-metadata-of-a-year", "other_donor", _YEAR, _ON_A_YEAR),
    Leak("what-the-camera-wrote", "school_officer", "photograph:", _AS_SENT),
    Leak("sms-signature", "sms", "sms:", _signed),
    Leak("search-finds-payers", "case_worker", "search:", answering(_found)),
    Leak("flash-message", "case_worker", "/staff/", asked(_flashed)),
    Leak("log-line", "log reader", "log:", asked(_logged)),
    Leak("order-of-a-set", "case_worker", _QUEUE, written(PAGE, _in_chances_order)),
    Leak("error-text", "other_banner", _GONE, answering(_explained)),
    Leak("row-number-in-address", "case_worker", _QUEUE, written(PAGE, _rows_number)),
)
