"""The village door."""

from flask import Blueprint

bp = Blueprint("village", __name__, url_prefix="/village")
