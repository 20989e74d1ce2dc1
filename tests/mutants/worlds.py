"""One twin world in a process of its own, and what each observer sees in it."""

import re
import subprocess
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path
from unittest import mock

from flask import Flask
from flask_migrate import upgrade
from PIL import Image
from sqlalchemy import event

from app import create_app
from cli import twins
from cli.twins.donor import TwinDonor, read_donor
from extensions import db
from gateways import photographs
from gateways.mail import SmtpMail
from gateways.messages import Message
from gateways.sms import SmsCommand
from jobs import outbox
from jobs.run import Run
from services.donors import donor_links
from tests.house.crawl import look
from tests.house.observing import enter, exported, logged, searched
from tests.house.worlds import BELOW, FIELDS
from tests.mutants import ALL
from tests.mutants.leaks import Leak, Secret
from tests.plugins.installation import settings_in
from vocabulary import clock, refs
from vocabulary.dates import today

Look = tuple[object, int]


class World:
    """One twin, served in this process, with the clock and chance of TWIN_SEED."""

    def __init__(self, folder: Path, donor: TwinDonor) -> None:
        self.folder = folder
        self.app: Flask = create_app(replace(settings_in(folder), twin_seed="1"))
        self.app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
        with self.app.app_context():
            upgrade()
            self.links = twins.play(donor, seed=1)
            event.listen(db.engine, "before_cursor_execute", self._count)
        self.secret = Secret(
            donor.contact, donor.name, donor.city, donor.pay_in_day, donor.hour_seen
        )
        self.statements = 0

    def _count(self, *_: object) -> None:
        self.statements += 1

    def observe(self, leak: Leak, *, planted: bool) -> Look:
        """Return what the leak's observer gets, and how many statements it took."""
        refs.seed_process(f"{leak.name}/{planted}")
        way = self._way(leak)
        self.statements = 0
        with leak.plant(self.app, self.secret) if planted else nullcontext():
            seen = way()
        return seen, self.statements

    def _way(self, leak: Leak) -> Callable[[], object]:
        """Return how the observer looks: at a letter, or signed in at an address."""
        if leak.address in _WAYS:
            return partial(_WAYS[leak.address], self)
        return partial(look, enter(self.app, leak.observer, self.links), leak.address)

    def sheet(self) -> object:
        """Return the parts of the sheets that staff take out, with name and headers."""
        return exported(self.app, self.links)

    def slips(self) -> object:
        """Return a school's sheets of slips."""
        client = enter(self.app, "school_officer", self.links)
        page = client.get("/school/batches").text
        (batch, *_) = re.findall(r'href="(/school/batches/\w+)', page)
        return client.post(f"{batch}/slips").get_data()

    def photograph(self) -> object:
        """Return a photograph as the house keeps it."""
        made = BytesIO()
        Image.new("RGB", (32, 32), "#a8324f").save(made, "JPEG")
        return photographs.clean(made.getvalue())

    def sms(self) -> object:
        """Return what the provider's program is told."""
        told: list[bytes] = []

        def run(_command: object, **more: object) -> subprocess.CompletedProcess[bytes]:
            told.append(more["input"])  # type: ignore[arg-type]
            return subprocess.CompletedProcess([], 0)

        with mock.patch.object(subprocess, "run", run):
            SmsCommand(("provider",)).send(Message(to="139", title="到了", text="到了", key="KEY"))
        return told

    def search(self) -> object:
        """Return what the beginnings of a twin's name find: he gives in one of the worlds."""
        client = enter(self.app, "case_worker", self.links)
        return searched(client, (str(BELOW[0]),))

    def log(self) -> object:
        """Return what a desk's visit leaves in the machine's log."""
        with logged(self.app) as lines:
            enter(self.app, "case_worker", self.links).get("/staff/")
        return lines

    def mail(self) -> object:
        """Return the mail that another donor gets when he asks for his link."""
        with self.app.app_context():
            return self._new_mail()

    def _new_mail(self) -> bytes:
        log = self.folder / "outbox" / "mail.log"
        before = log.stat().st_size
        donor_links.renew(db.session(), "rain@example.org", now=clock.now())
        db.session.commit()
        Run(db.session(), "notices", period=today(clock.now())).execute(outbox.deliver)
        return log.read_bytes()[before:]

    def mime(self) -> object:
        """Return a mail as it goes over the wire."""
        message = Message(to="rain@example.org", title="到了", text="到了", key="KEY")
        return SmtpMail("127.0.0.1", 25, "weiguang@localhost").letter(message).as_bytes()


_WAYS = {
    "mail:": World.mail,
    "mime:": World.mime,
    "sheet:": World.sheet,
    "slips:": World.slips,
    "photograph:": World.photograph,
    "sms:": World.sms,
    "search:": World.search,
    "log:": World.log,
}


def lived(folder: Path, donor: tuple[object, ...]) -> list[tuple[Look, Look]]:
    """Play one world; return for each leak what is seen without it and with it."""
    given = dict(zip(FIELDS, donor, strict=True))
    world = World(folder, read_donor(given))
    return [(world.observe(leak, planted=False), world.observe(leak, planted=True)) for leak in ALL]
