"""Every endpoint stands behind a door or on the short open list; addresses are kebab-case."""

import re

from flask import Flask

from web.core.access import DOOR_ROLES, IS_OPEN

# Adding a line here lets the whole internet in: say why in the commit.
OPEN = {
    "static",
    "healthz.check",
    "api.payments.hear",  # a provider's signature over every byte is its key
    "auth.login",
    "auth.code",  # the second step: only after a password, kept in the cookie for ten minutes
    "auth.logout",
    "auth.first_password",  # its token is the key
    "slip.enter",  # the family's token is the key
    "letter.enter",  # as above, the guardian's
    "post.enter",  # as above
    "family.closed",
    "classroom.enter",  # as above, and the first device is bound by a code
    "classroom.again",  # as above: fresh digits go to the telephone that the officer typed
    "classroom.closed",
    "public.home",
    "public.pledge",
    "public.wishes",
    "public.enter",
    "public.relink",
    "public.verify",  # behind the QR of a paper: its random code is the key
    "public.totals",
    "public.months",  # published heads, and the same to keep elsewhere
    "public.months_file",
}
SEGMENT = re.compile(
    r"^(?:[a-z0-9]+(?:-[a-z0-9]+)*|<(?:string|int|date|any\([a-z_,]+\)|path):[a-z_]+>(?:\.pdf|\.xlsx)?|[a-z0-9-]+\.(?:txt|svg|ico|xlsx|pdf|json))?$"
)


def test_every_endpoint_stands_behind_a_door_or_on_the_open_list(app: Flask) -> None:
    unguarded = {
        name
        for name, view in app.view_functions.items()
        if not hasattr(view, DOOR_ROLES) and not getattr(view, IS_OPEN, False)
    }

    assert unguarded == {"static"}


def test_the_open_list_is_what_it_is(app: Flask) -> None:
    is_open = {name for name, view in app.view_functions.items() if getattr(view, IS_OPEN, False)}

    assert is_open | {"static"} == OPEN


def test_addresses_are_kebab_case_with_typed_parts(app: Flask) -> None:
    odd = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and not all(SEGMENT.match(s) for s in rule.rule.split("/"))
    ]

    assert odd == []


def test_a_get_changes_nothing_by_its_method(app: Flask) -> None:
    both = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if {"GET", "POST"} <= (rule.methods or set())
        and {"PUT", "DELETE"} & (rule.methods or set())
    ]

    assert both == []
