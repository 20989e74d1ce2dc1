"""One twin world in a process of its own, and what each observer sees in it."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import event

from app import create_app
from cli import twins
from cli.twins.donor import TwinDonor, read_donor
from extensions import db
from gateways.mail import SmtpMail
from gateways.messages import Message
from jobs import outbox
from jobs.run import Run
from services.donors import donor_links
from tests.house.crawl import look
from tests.house.test_twins import FIELDS, enter
from tests.mutants.leaks import LEAKS, Leak, Secret
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


_WAYS = {"mail:": World.mail, "mime:": World.mime}


def lived(folder: Path, donor: tuple[object, ...]) -> list[tuple[Look, Look]]:
    """Play one world; return for each leak what is seen without it and with it."""
    given = dict(zip(FIELDS, donor, strict=True))
    world = World(folder, read_donor(given))
    return [
        (world.observe(leak, planted=False), world.observe(leak, planted=True)) for leak in LEAKS
    ]
