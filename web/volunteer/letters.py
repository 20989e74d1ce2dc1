"""Letters, from a volunteer's side: with a child whom case staff introduced to her."""

from flask import Blueprint

from vocabulary.enums import Role
from web.core import letters
from web.core.access import for_roles

bp = Blueprint("letters", __name__)
letters.attach(bp, for_roles(Role.VOLUNTEER), "/letters/<string:ref>", role=Role.VOLUNTEER)
