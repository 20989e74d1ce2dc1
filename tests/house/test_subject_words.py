"""Whoever asks who is affected reads words: each kind of thing that the record names has one."""

import ast
import re
from pathlib import Path

from web.core.subject_words import SUBJECTS

BEGINS = re.compile(r"([a-z][a-z_]+):")
ROOMS = ("services", "jobs", "web", "cli")
# Beginnings that name no thing of the record.
NOT_KEPT = {
    "words": "binds a sealed word of the vault to its row",
    "name": "binds a sealed name of the vault to its row",
    "class": "a class list's link, told of by text message",
    "cover": "what a notice is about",
    "dry": "what a notice is about",
    "late": "what a notice is about",
    "letter_stopped": "what a notice is about",
    "letters_desk": "what a notice is about",
    "overdue": "what a notice is about",
    "runway": "what a notice is about",
}


def kinds_in(text: str) -> set[str]:
    """The word before the colon of each f-string that begins with one."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        first = node.values[0] if isinstance(node, ast.JoinedStr) else None
        said = str(first.value) if isinstance(first, ast.Constant) else ""
        if match := BEGINS.fullmatch(said):
            found.add(match[1])
    return found


def named() -> set[str]:
    files = [file for room in ROOMS for file in Path(room).rglob("*.py")]
    return set().union(*(kinds_in(file.read_text()) for file in files))


def test_every_kind_of_thing_in_the_record_has_a_word() -> None:
    kinds = named()

    assert {"letter", "upload", "child"} <= kinds
    assert kinds - NOT_KEPT.keys() - SUBJECTS.keys() == set()


def test_nothing_is_left_out_that_is_no_longer_there() -> None:
    assert NOT_KEPT.keys() - named() == set()
    assert NOT_KEPT.keys() & SUBJECTS.keys() == set()


def test_each_word_is_chinese() -> None:
    assert [kind for kind, word in SUBJECTS.items() if re.search("[A-Za-z]", word)] == []
