"""The eighteenth set: 280 by a stranger who knew the promise alone, kept with what it showed unseen.

`python -m tools.screening_figures tests/privacy/letters_eighteenth.jsonl`. At first sight: numbers and ids
1 (100 of 100), names .956, schools .960, addresses 1, employers .960, harmless letters untouched .971 (136
of 140). What was missed: a firm that one leaves, a school by two characters behind its town, a name
after 找 and after a subject's teacher; a lottery's draw, 叫我少看电视, 班里第三高, a calf.
"""

from tests.privacy.reading import marked

HARMLESS, TELLING = marked("letters_eighteenth")
