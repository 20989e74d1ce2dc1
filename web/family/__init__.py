"""The family door."""

from flask import Blueprint

bp = Blueprint("family", __name__, url_prefix="/family")
