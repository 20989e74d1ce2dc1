"""docs/security/threats.md: every row of the threat model ends as a test, and what no row may have."""

import re
from collections import Counter
from pathlib import Path

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from web.core.access import DOOR_ROLES

PAGE = Path(__file__).parents[2] / "docs" / "security" / "threats.md"
ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| (.+) \|$", re.M)
A_TEST = re.compile(r"`tests/[\w/]+\.py::test_\w+`")
# The rows of THREATS 2.2, actor by actor.
ATTACKS = {
    "family": 14, "school clerk": 2, "volunteer": 2, "officer": 3, "donor": 3, "outsider": 2,
    "database thief": 1, "backup thief": 1, "log reader, host": 1,
}  # fmt: skip
OPEN_TO_FORMS = {
    "auth.login", "auth.code", "auth.logout", "auth.first_password", "public.pledge",
    "public.relink", "classroom.enter", "classroom.again", "api.payments.hear",
}  # fmt: skip


def rows() -> list[tuple[str, str, str]]:
    found = ROW.findall(PAGE.read_text(encoding="utf-8"))
    return [row for row in found if row[0] != "who"]


def test_every_attack_of_the_model_stands_there() -> None:
    assert Counter(who for who, _, _ in rows()) == ATTACKS
    assert len({(who, attack) for who, attack, _ in rows()}) == sum(ATTACKS.values())


def test_every_row_ends_as_a_test() -> None:
    assert [attack for _, attack, how in rows() if not A_TEST.search(how)] == []


def test_no_form_is_taken_without_its_token(app: Flask) -> None:
    guards = [one for one in app.extensions.values() if isinstance(one, CSRFProtect)]

    exempt = [guard._exempt_views | guard._exempt_blueprints for guard in guards]
    assert exempt == [{"web.api.payments.hear"}]  # its signature stands for the token


def test_money_comes_in_by_no_open_door(app: Flask) -> None:
    """What changes anything without a login is a form of this list, or a provider's signed word."""
    unsafe = {"POST", "PUT", "PATCH", "DELETE"}
    open_ones = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if (rule.methods or set()) & unsafe
        and getattr(app.view_functions[rule.endpoint], DOOR_ROLES, None) is None
    }

    assert open_ones == OPEN_TO_FORMS
