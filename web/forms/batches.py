"""One press: the bank took it."""

from flask_wtf import FlaskForm


class SendForm(FlaskForm):
    """Carries nothing but the token that protects the press."""
