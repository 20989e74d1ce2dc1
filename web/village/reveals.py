"""互相认识, read aloud and entered by the village director: 由…代办."""

from flask import Blueprint

from vocabulary.enums import Role
from web.core import reveals
from web.core.access import for_roles

bp = Blueprint("reveals", __name__)
reveals.attach(bp, for_roles(Role.VILLAGE_DIRECTOR), "/families/<string:ref>/reveal")
