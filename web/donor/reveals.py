"""互相认识, from a donor's side: for one of the children he supports."""

from flask import Blueprint

from web.core import reveals
from web.core.access import behind_link

bp = Blueprint("reveals", __name__)
reveals.attach(bp, behind_link("donor_link"), "/children/<string:ref>/reveal")
