"""The doors: parse, call one service, answer. `init_app` is called by create_app()."""

from flask import Flask

from web import api, auth, classroom, donor, family, public, school, staff, unit, village, volunteer
from web.core import (
    access,
    busy,
    errors,
    filters,
    headers,
    health,
    logs,
    proof,
    requests,
    sessions,
    static,
    twins,
)
from web.unit import handing

DOORS = (
    public.bp,
    auth.bp,
    donor.bp,
    school.bp,
    classroom.bp,
    village.bp,
    volunteer.bp,
    unit.bp,
    handing.bp,
    family.bp,
    family.slip,
    family.reveals.letter,
    family.letters.post,
    staff.bp,
    health.bp,
    api.bp,
)


def init_app(app: Flask) -> None:
    """Register every door and what all of them share."""
    twins.init_app(app)
    logs.init_app(app)
    headers.init_app(app)
    requests.init_app(app)
    access.init_app(app)
    sessions.init_app(app)
    proof.init_app(app)
    filters.init_app(app)
    errors.init_app(app)
    busy.init_app(app)
    static.init_app(app)
    for door in DOORS:
        app.register_blueprint(door)
