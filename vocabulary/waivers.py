"""The words under which a donor does without a named receipt, by version (Charity Law, article 38).

A version once used is never changed: a new wording is a new line.
"""

from collections.abc import Mapping

CURRENT = "2026-1"
OF_A_YEAR = "2026-year-1"
WORDINGS: Mapping[str, str] = {
    "2026-1": "我不留名字。我知道，不留名字就不开写有我名字的捐赠票据。",
    "2026-year-1": "这一年的捐赠票据我不要。我知道，要了才能报销或抵税。",
}
