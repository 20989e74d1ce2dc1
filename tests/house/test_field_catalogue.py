"""Every column has a class, and the class is kept: secrets stay, the wall stands, words are sealed."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import LargeBinary, String

from models import Base
from models.base import Sealed
from privacy.disclosure import Audience
from services.oversight import catalogue
from services.oversight.catalogue import FieldClass

PAGE = Path(__file__).parents[2] / "docs" / "field-catalogue.md"
FIELDS = catalogue.fields()
# Who may ever be among a class's audiences; nobody for keys and secrets.
MAY_SEE = {
    FieldClass.KEY: frozenset(),
    FieldClass.SECRET: frozenset(),
    FieldClass.WALL: {Audience.OWNING_DONOR, Audience.COLLECTING, Audience.CHAIN_READER},
    FieldClass.SENSITIVE: set(Audience)
    - {Audience.EVERYONE, Audience.COLLECTING, Audience.ADMINISTRATION, Audience.CUSTODY},
    FieldClass.PERSONAL: set(Audience) - {Audience.EVERYONE, Audience.OWN_FAMILY},
}
SEEN_NEVERTHELESS = {
    "audit_samples.seed": "the auditor repeats the draw with it",
    "family_draws.seed": "the auditor repeats the draw with it",
    # The paying desk lets a sum go, or says which of its own payments came back: no payer's word.
    **dict.fromkeys(
        (
            f"pay_backs.{name}"
            for name in (
                "ref", "fen", "memo", "status", "since_on", "agreed_on", "released_by",
                "released_on", "paid_on", "bounced_on",
            )
        ),
        "the paying desk releases a sum under a memo",
    ),
    **dict.fromkeys(
        (
            f"line_ties.{name}"
            for name in (
                "ref", "kind", "amount_fen", "on", "status", "asked_on", "decided_by", "decided_on",
            )
        ),
        "the paying desk says which of its payments came back",
    ),
}  # fmt: skip


def test_no_column_is_without_a_class() -> None:
    assert [one.name for one in FIELDS if one.field_class is None] == []
    assert catalogue.stale_tables() == set()
    assert len(FIELDS) == sum(len(table.columns) for table in Base.metadata.tables.values())


def test_a_new_table_has_no_class_until_somebody_says_whose_it_is(monkeypatch) -> None:
    monkeypatch.delitem(catalogue._WHOSE, "children")

    unclassified = {one.table for one in catalogue.fields() if one.field_class is None}

    assert unclassified == {"children"}


@pytest.mark.parametrize("field_class", sorted(MAY_SEE))
def test_no_class_is_shown_to_an_audience_it_is_not_for(field_class: FieldClass) -> None:
    may = {one.value for one in MAY_SEE[field_class]}
    of_class = [one for one in FIELDS if one.field_class is field_class]

    seen = {one.name: set(one.audiences) - may for one in of_class}

    assert of_class
    assert {name for name, too_many in seen.items() if too_many} - SEEN_NEVERTHELESS.keys() == set()


def test_text_about_somebody_is_sealed_or_its_reason_is_written_down() -> None:
    clear = {one.name for one in FIELDS if catalogue.is_clear_text(one)}

    assert clear == catalogue.CLEAR_TEXT.keys()


def test_a_child_is_never_identified_in_the_clear() -> None:
    """Names, numbers, phones and addresses are sealed wherever a column is called so."""
    telling = ("name", "phone", "mail", "address", "id_number", "number", "contact", "payer_name")
    open_ones = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.name.rpartition("_")[2] in telling or column.name in telling
        if isinstance(column.type, String) and not isinstance(column.type, Sealed | LargeBinary)
    }

    # Schools, their account's holder, places, random labels, jobs, forms of class: none is a person.
    assert open_ones == {
        "access_links.class_name", "children.class_name", "job_leases.name", "job_runs.name",
        "letter_friends.code_name", "matches.code_name", "online_orders.number",
        "online_orders.provider_number", "organisations.account_name",
        "organisations.name", "regions.name", "retention_acts.name",
        "certificates.number", "fiscal_receipts.number",
    }  # fmt: skip


def test_the_page_is_what_the_command_prints(app: Flask) -> None:
    """After a change of the schema: flask --app app catalogue > docs/field-catalogue.md."""
    assert app.test_cli_runner().invoke(args=["catalogue"]).output == PAGE.read_text("utf-8")
