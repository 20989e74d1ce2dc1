"""The thirteenth set: our own, written as an adversary before the twelfth was opened; never unseen."""

from tests.privacy.reading import marked

HARMLESS, TELLING = marked("letters_thirteenth")
