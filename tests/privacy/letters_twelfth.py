"""The twelfth set: 160 by the same writer, first looked at when the eleventh had been worked through.

`python -m tools.screening_figures tests/privacy/letters_twelfth.jsonl`. At first sight: numbers and ids
.918 (56 of 61), names .976, schools 1, addresses 1, employers 1, harmless letters untouched .975. What
was missed: homophones beyond those we knew, Roman numerals, a plate half in Chinese numerals, a handle with
a hyphen, the rest of a number told apart, a Mongolian name in Latin letters on a parcel, 刘海 and 大刘.
"""

from tests.privacy.reading import marked

HARMLESS, TELLING = marked("letters_twelfth")
