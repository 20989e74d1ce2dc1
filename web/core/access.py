"""Who is looking: a signed-in account, a private link, or the public. Every view says who may enter."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, abort, g, redirect, request, url_for
from flask import session as cookie
from flask_login import UserMixin, current_user
from werkzeug.wrappers import Response

from extensions import db, login
from privacy import viewers
from privacy.permissions import PERMISSIONS, STEP_UP, Act
from privacy.viewers import Viewer
from services import links
from services.accounts import accounts
from services.letters import letter_links
from services.reveals import reveal_links
from vocabulary import clock
from vocabulary.enums import Role
from vocabulary.errors import LinkExpired

View = TypeVar("View", bound=Callable[..., Any])
_OPENERS = {
    "donor_link": links.open_donor,
    "slip_link": links.open_slip,
    "class_link": links.open_class,
    "reveal_link": reveal_links.open_reveal,
    "letters_link": letter_links.open_letters,
}
DOOR_ROLES = "door_roles"
IS_OPEN = "is_open"
ASKS_PROOF = "asks_proof"
# One sign-in's own code in the cookie: signing out ends this one, in every copy of the cookie.
SIGN_IN = "sign_in"
# Roles of links, machines and strangers: no account ever holds one.
NO_ACCOUNT = frozenset(
    {Role.PUBLIC, Role.DONOR, Role.FAMILY, Role.CLASS_TEACHER, Role.CONSOLE, Role.ENGINE}
)


class SignedIn(UserMixin):
    """What flask-login carries: the account's key and stamp, and the viewer behind them."""

    def __init__(self, account_id: int, stamp: str, viewer: Viewer) -> None:
        self.id = f"{account_id}:{stamp}"
        self.viewer = viewer


def init_app(app: Flask) -> None:
    """Bind to the application."""
    login.user_loader(_load)
    login.login_view = "auth.login"
    login.login_message = None


def _load(key: str) -> SignedIn | None:
    account_id, _, stamp = key.partition(":")
    if not account_id.isdecimal():
        return None
    code = cookie.get(SIGN_IN, "")
    viewer = accounts.find_viewer(db.session(), int(account_id), stamp, now=clock.now(), code=code)
    return SignedIn(int(account_id), stamp, viewer) if viewer else None


def current_viewer() -> Viewer:
    """Return the viewer of the link this page was entered by, the account's, or the public's."""
    viewer: Viewer | None = g.get("link_viewer")
    if viewer is None and current_user.is_authenticated:
        viewer = current_user.viewer
    return viewer or viewers.public()


def remember_link(kind: str, token: str) -> None:
    """Keep a link's token in the cookie, so that later pages carry no token in their address."""
    cookie[kind] = token


def behind_link(kind: str) -> Callable[[View], View]:
    """Let a view be entered with a private link of a kind only; others read LinkExpired."""

    def decorate(view: View) -> View:
        @wraps(view)
        def entered(*args: Any, **kwargs: Any) -> Any:
            g.link_viewer = link_viewer(kind)
            return view(*args, **kwargs)

        setattr(entered, DOOR_ROLES, kind)
        return entered  # type: ignore[return-value]

    return decorate


def link_viewer(kind: str) -> Viewer:
    """Return the viewer behind the cookie's link of a kind. Raises LinkExpired."""
    token = cookie.get(kind)
    if not token:
        raise LinkExpired()
    return _OPENERS[kind](db.session(), token, now=clock.now())


def for_roles(*roles: Role) -> Callable[[View], View]:
    """Let accounts with one of the roles in; others get the login page or the same 404."""

    def decorate(view: View) -> View:
        @wraps(view)
        def entered(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                return _to_login()
            if not current_viewer().has(*roles):
                abort(404)
            return view(*args, **kwargs)

        setattr(entered, DOOR_ROLES, frozenset(roles))
        return entered  # type: ignore[return-value]

    return decorate


def may(act: Act) -> Callable[[View], View]:
    """Let accounts in whose role may do the act; some acts ask first for a fresh proof."""
    enter = for_roles(*sorted(PERMISSIONS[act]))
    if act not in STEP_UP:
        return enter

    def decorate(view: View) -> View:
        entered = enter(_proven_to_act(view))
        setattr(entered, ASKS_PROOF, act)
        return entered

    return decorate


def _proven_to_act(view: View) -> View:
    """Ask whoever sits there to prove anew who he is, before an unsafe method."""

    @wraps(view)
    def entered(*args: Any, **kwargs: Any) -> Any:
        from web.core import proof  # noqa: PLC0415 it asks this module who is looking

        is_safe = request.method in {"GET", "HEAD", "OPTIONS"}
        return view(*args, **kwargs) if is_safe or proof.is_fresh() else proof.ask()

    return entered  # type: ignore[return-value]


def signed_in(view: View) -> View:
    """Let every account in, one without a role too: for one's own password."""

    @wraps(view)
    def entered(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs) if current_user.is_authenticated else _to_login()

    setattr(entered, DOOR_ROLES, frozenset(Role) - NO_ACCOUNT)
    return entered  # type: ignore[return-value]


def open_to_all(view: View) -> View:
    """Mark a view that needs no login; the house tests keep the list of these short."""
    setattr(view, IS_OPEN, True)
    return view


def _to_login() -> Response | tuple[str, int]:
    """Lead to the sign-in, which leads back; what a form held goes along."""
    from web.core import sessions  # noqa: PLC0415 it asks this module who is looking

    if request.method == "POST":
        return sessions.locked()
    return redirect(
        url_for("auth.login", next=request.full_path if request.query_string else request.path)
    )
