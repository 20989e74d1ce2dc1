"""The fourteenth set: 200 by a third writer, half of them harmless, kept with what it showed unseen.

`python -m tools.screening_figures tests/privacy/letters_fourteenth.jsonl`. At first sight: numbers and ids
.950 (76 of 80), names .981, schools .960, addresses .960, employers .810 (17 of 21), harmless letters
untouched .970. What was missed: account names torn at their own - _ . and —, one filler between groups of
digits, a firm by its own name and its industry, a firm in English, a school in the letters of pinyin,
a flat behind an estate's name, a name explained character by character;
Han Meimei, a population, counting down.
"""

from tests.privacy.reading import marked

HARMLESS, TELLING = marked("letters_fourteenth")
