"""Letters handed in for a family, and read aloud to it, by the village director: 由…代办."""

from flask import Blueprint

from vocabulary.enums import Role
from web.core import letters
from web.core.access import for_roles

bp = Blueprint("letters", __name__)
_DIRECTOR = for_roles(Role.VILLAGE_DIRECTOR)
letters.attach(bp, _DIRECTOR, "/families/<string:ref>/letters", role=Role.VILLAGE_DIRECTOR)
