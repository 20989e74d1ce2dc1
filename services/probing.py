"""Standings asked row by row: the record that a row hangs on is looked up, not listed.

`child_id IN (every child of the banner)` suits a question that may begin with those children. Where
the rows are found by something else, and beside each row, listing a banner costs more than all of
the page: there the same is asked as `EXISTS (that child, in the banner)`.
"""

from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, or_
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import BinaryExpression, BooleanClauseList, Grouping

_LISTS = {operators.and_: and_, operators.or_: or_}


def probed(condition: Any) -> ColumnElement[bool]:
    """Return the same condition with each `IN (keys of a table)` as a look-up by that key."""
    if isinstance(condition, Grouping):
        return probed(condition.element)
    if isinstance(condition, BooleanClauseList) and condition.operator in _LISTS:
        return _LISTS[condition.operator](*(probed(clause) for clause in condition.clauses))
    keys = _keys_in(condition)
    if keys is None:
        only: ColumnElement[bool] = condition
        return only
    looked_up = exists().where(keys.selected_columns[0] == condition.left, probed(keys.whereclause))
    return looked_up.correlate(condition.left.table)


def _keys_in(condition: Any) -> Select[Any] | None:
    """Return the select of a table's primary keys, under one condition, that an IN lists."""
    if not isinstance(condition, BinaryExpression) or condition.operator is not operators.in_op:
        return None
    listed: Any = condition.right
    if not isinstance(listed, ScalarSelect) or not isinstance(listed.element, Select):
        return None
    keys = listed.element
    is_plain = len(keys.selected_columns) == len(keys.get_final_froms()) == 1
    is_key = is_plain and keys.selected_columns[0].primary_key
    return keys if is_key and keys.whereclause is not None else None
