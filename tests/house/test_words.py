"""Every refusal has a sentence, every state a lifecycle, every label table is whole."""

from enum import StrEnum

from vocabulary import enums, errors
from vocabulary.errors import Refused
from vocabulary.lifecycles import TABLES
from web.core.labels import LABELS
from web.core.messages import SENTENCES


def _children(kind: type[Refused]) -> set[type[Refused]]:
    return {kind}.union(*(_children(child) for child in kind.__subclasses__()))


def test_every_refusal_of_the_vocabulary_has_a_sentence() -> None:
    ours = {kind for kind in _children(Refused) if kind.__module__ == errors.__name__}

    assert ours - set(SENTENCES) == set()


def test_codes_of_refusals_are_unique() -> None:
    codes = [kind.code for kind in _children(Refused)]

    assert sorted(codes) == sorted(set(codes))


def test_every_lifecycle_names_every_state_of_its_kind() -> None:
    holes = {kind.__name__: set(kind) - set(table) for kind, table in TABLES.items()}

    assert {name: hole for name, hole in holes.items() if hole} == {}


def test_every_status_but_the_derived_one_has_a_lifecycle() -> None:
    kinds = {
        kind
        for name, kind in vars(enums).items()
        if isinstance(kind, type) and issubclass(kind, StrEnum) and name.endswith("Status")
    }

    assert kinds - set(TABLES) == {enums.StipendStatus}


def test_every_label_table_is_whole() -> None:
    holes = {kind.__name__: set(kind) - set(words) for kind, words in LABELS.items()}

    assert {name: hole for name, hole in holes.items() if hole} == {}
