"""Letters, from a donor's side: with one of the children he supports."""

from flask import Blueprint

from vocabulary.enums import Role
from web.core import letters
from web.core.access import behind_link

bp = Blueprint("letters", __name__)
letters.attach(bp, behind_link("donor_link"), "/children/<string:ref>/letters", role=Role.DONOR)
