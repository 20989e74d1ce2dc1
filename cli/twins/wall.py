"""What the wall's own desks do in the twin worlds: the custodian's, a look at a case, an audit."""

from flask import current_app

from cli.twins.story import Story
from gateways.uploads import LocalFiles
from services.custody import custody_requests
from services.custody.custody_requests import NewRequest
from services.oversight import audit_samples, file_access
from vocabulary import clock
from vocabulary.enums import AccessReason, AskedFor, CustodyReason

SAMPLE = 4


def join_halves(story: Story, name: str) -> None:
    """Ask who gives under a payment reference, agree as the second custodian, and look once."""
    files = LocalFiles(current_app.config["SETTINGS"].uploads)
    asks, agrees, now = story.who("custodian"), story.who("custodian2"), clock.now()
    handle = story.offered[name].reference
    new = NewRequest(handle, AskedFor.CUSTODIAN, CustodyReason.WRONG_PAYMENT, words="退错款")
    ref = custody_requests.ask(story.session, asks, new, files=files, now=now)
    custody_requests.agree(story.session, agrees, ref, now=now)
    custody_requests.show(story.session, asks, ref, now=now)


def ask_for_file(story: Story, child: str) -> None:
    """Let the approver ask for a case that the worker agrees to open."""
    asks, agrees, now = story.who("approver"), story.who("worker"), clock.now()
    ref = file_access.ask(
        story.session,
        asks,
        story.children[child],
        reason=AccessReason.COMPLAINT,
        words="核对反映的事",
        now=now,
    )
    file_access.agree(story.session, agrees, ref, now=now)


def open_file_at_once(story: Story, child: str) -> None:
    """Let the approver open a case in an emergency; nobody has looked at it yet."""
    file_access.open_at_once(
        story.session,
        story.who("approver"),
        story.children[child],
        reason=AccessReason.CHILD_IN_DANGER,
        words="孩子没有回家",
        now=clock.now(),
    )


def draw_audit(story: Story) -> None:
    """Draw a sample of what was sent."""
    by, now = story.who("auditor"), clock.now()
    audit_samples.draw(story.session, by, size=SAMPLE, region_code=None, now=now)
