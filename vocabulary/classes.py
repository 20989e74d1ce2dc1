"""How a class is called: 四年级2班, 初二1班, 高一. Grades count as in vocabulary/grades.py."""

import re

_ORDINALS = "零一二三四五六"
_FIRST_JUNIOR, _FIRST_SENIOR, _FIRST_UNIVERSITY, _LAST = 7, 10, 13, 16
_NUMBER = re.compile(r"^[（(]?\s*(\d{1,3})\s*[)）]?\s*班?$")
_WITH_GRADE = re.compile(r"年级|[初高大][一二三四五]|学前|[大中小]班")


def grade_label(grade: int | None) -> str:
    """Name a grade as pupils do; empty when it is not known."""
    if grade is None:
        return ""
    if grade < 1:
        return "学前班"
    if grade < _FIRST_JUNIOR:
        return f"{_ORDINALS[grade]}年级"
    if grade < _FIRST_SENIOR:
        return f"初{_ORDINALS[grade - _FIRST_JUNIOR + 1]}"
    if grade < _FIRST_UNIVERSITY:
        return f"高{_ORDINALS[grade - _FIRST_SENIOR + 1]}"
    return f"大{_ORDINALS[grade - _FIRST_UNIVERSITY + 1]}" if grade <= _LAST else "大学"


def class_label(grade: int | None, class_name: str | None) -> str:
    """Name a class: grade and class; a name that says its grade already stands alone."""
    name = (class_name or "").strip()
    number = _NUMBER.match(name)
    if number:
        name = f"{number.group(1)}班"
    elif _WITH_GRADE.search(name):
        return name
    return grade_label(grade) + name
