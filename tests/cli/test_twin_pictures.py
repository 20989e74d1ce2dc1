"""The photographs of the twin worlds are pictures, one colour for whoever they are of."""

from cli.twins.pictures import picture
from services.uploads import cleaned


def test_the_same_words_give_the_same_picture_and_others_another() -> None:
    first, again, other = (cleaned(picture(words)) for words in ("阿拉坦", "阿拉坦", "卓力格图"))

    assert first == again
    assert first != other
    assert len(first) == len(other)
