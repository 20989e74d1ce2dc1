"""The photograph of a letter on paper, from the page on which it is chosen to the letter itself.

It is chosen once: through a warning or a form that came back it waits sealed (letter_drafts).
"""

from dataclasses import dataclass

from flask import current_app, request

from gateways.uploads import LocalFiles
from privacy.viewers import Viewer
from services.letters import letter_drafts
from vocabulary.errors import BadInput
from web.forms.handovers import PHOTO_FAULTS
from web.forms.letters import LetterForm

FLAG = "kept_photo"


@dataclass(slots=True)
class Photo:
    """What waits of one page; `page` is its link's mark and whom it is about."""

    viewer: Viewer
    page: str
    is_kept: bool = False

    def take(self, form: LetterForm) -> bool:
        """Keep what was just chosen, else go on with what waits; False for no photograph at all."""
        chosen = form.photo_sent()
        self.is_kept = FLAG in request.form and bool(self.content())
        if not chosen:
            return True
        try:
            letter_drafts.keep(self.viewer, chosen, page=self.page, files=files())
        except BadInput as refusal:
            self.is_kept = False
            form["photo"].errors = [PHOTO_FAULTS[str(refusal.params["reason"])]]
            return False
        self.is_kept = True
        return True

    def content(self) -> bytes:
        """Return the photograph that waits, or nothing."""
        return letter_drafts.find(self.viewer, page=self.page, files=files())

    def drop(self) -> None:
        """Let it go: it was sent, or is not wanted."""
        letter_drafts.drop(self.viewer, page=self.page, files=files())
        self.is_kept = False


def files() -> LocalFiles:
    """Return the folder of uploads."""
    return LocalFiles(current_app.config["SETTINGS"].uploads)
