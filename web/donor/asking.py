"""Shared by the donor's pages: first what a wish would do, then the yes, then a word about it."""

from collections.abc import Callable, Sequence
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from services.gate import Card
from services.giving.room import Terms
from vocabulary.errors import NotFound, Refused
from vocabulary.money import format_yuan_short
from web.core import requests
from web.core.filters import full_day
from web.core.labels import label
from web.core.messages import sentence

Lines = Sequence[tuple[str, str]]


def is_yes(mark: str) -> bool:
    """Say whether this very effect was shown before and is agreed to now."""
    return request.form.get("seen") == mark


def wants_edit() -> bool:
    """Say whether the effect was seen and something is to be changed first."""
    return "edit" in request.form


def show_effect(form: FlaskForm, mark: str, **words: object) -> str:
    """Show what it would do, with a yes and a way back that keeps what was chosen.

    `words`: title, lead, lines, action, and what else the page says.
    """
    requests.keep_nothing()
    kept = [
        (field.name, field.data)
        for field in form
        if field.type != "CSRFTokenField" and field.data not in (None, "", False)
    ]
    return render_template("donor/pledges/sure.html", form=form, kept=kept, mark=mark, **words)


def ask(act: Callable[[], object], words: str) -> Response:
    """Do it and go back to the page with a word about it; a refusal keeps nothing."""
    try:
        act()
    except NotFound:
        raise
    except Refused as refusal:
        return refused(refusal)
    flash(words, "success")
    return redirect(url_for("donor.home"), 303)


def refused(refusal: Refused) -> Response:
    """Go back to the page with the sentence of a refusal; nothing is kept."""
    requests.keep_nothing()
    flash(sentence(refusal), "danger")
    return redirect(url_for("donor.home"), 303)


def show(name: str, form: FlaskForm, card: Card, **more: object) -> str:
    """Show a form of one pledge; what was typed into a refused one stays in it."""
    if request.method == "POST":
        requests.keep_nothing()
    return render_template(f"donor/pledges/{name}.html", form=form, pledge=card, **more)


def of_terms(terms: Terms) -> str:
    """Say terms: 每月 ¥150."""
    return f"{label(terms.rhythm)} {format_yuan_short(terms.instalment)}"


def that_day(day: date) -> str:
    """Name an instalment by its due day: 2027年3月1日那一期."""
    return f"{full_day(day)}那一期"
