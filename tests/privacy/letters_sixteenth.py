"""The sixteenth set: 260 by a stranger, half of them harmless, kept with what it showed unseen.

`python -m tools.screening_figures tests/privacy/letters_sixteenth.jsonl`. At first sight: numbers and ids
.988 (84 of 85), names .975, schools .840 (21 of 25), addresses 1, employers .967, harmless letters
untouched .938 (122 of 130). What was missed: a school by two characters (海一中, 铁小, 内师大), the last
piece of a number far behind the word for it; 老师叫我背书, people of a book further back, words of
Mongolian explained, a beautiful number.
"""

from tests.privacy.reading import marked

HARMLESS, TELLING = marked("letters_sixteenth")
