"""The donor door."""

from flask import Blueprint

bp = Blueprint("donor", __name__, url_prefix="/donor")
