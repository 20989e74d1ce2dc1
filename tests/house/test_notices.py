"""What can be queued can be drawn: the outbox and the texts agree on kinds of subjects."""

from services.notices import drawing, notices


def test_every_kind_of_subject_that_may_be_queued_can_be_drawn() -> None:
    assert set(drawing._SOURCES) == notices.SUBJECTS
