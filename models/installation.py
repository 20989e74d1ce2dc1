"""What is true of the whole installation: whether its data are a demo's."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from privacy.disclosure import NOBODY


class Installation(Base):
    """One fact about this database by its key."""

    __tablename__ = "installation"

    key: Mapped[str] = mapped_column(String(40), primary_key=True, info=NOBODY)
    value: Mapped[str] = mapped_column(String(200), info=NOBODY)
