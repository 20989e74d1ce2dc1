"""The eleventh set: 160 by a writer who saw neither the screening nor its letters, half of them harmless.

`python -m tools.screening_figures tests/privacy/letters_eleventh.jsonl`. At first sight: numbers and ids
.950 (57 of 60), names .951, schools .952, addresses 1, employers .867, harmless letters untouched .900.
What was missed gave rules: pieces told by their places, groups spoken in hundreds, a town further back
than the first plain word, a surname with half the country behind it (王老师), a university as a dream.
"""

from tests.privacy.reading import marked

HARMLESS, TELLING = marked("letters_eleventh")
