"""The seventeenth set: 260 by another stranger, half of them harmless, kept with what it showed unseen.

`python -m tools.screening_figures tests/privacy/letters_seventeenth.jsonl`. At first sight: numbers and ids
.976 (83 of 85), names .933, schools .920, addresses .833 (25 of 30), employers .700 (21 of 30), harmless
letters untouched .962. What was missed: houses with a name of their own of which nobody says that he works
there (盛源砖厂, 暖阳公益), employers and doors in the letters of pinyin, a home told by what stands beside
it, coordinates, a stall in a market; counting in Mongolian, a row of the calendar.
"""

from tests.privacy.reading import marked

HARMLESS, TELLING = marked("letters_seventeenth")
