"""What kind of device asks: all that is ever kept of it."""

from flask import request

from vocabulary.enums import Device

_MARKS = (
    (Device.TABLET, ("ipad", "tablet")),
    (Device.PHONE, ("mobile", "iphone", "android", "harmony", "micromessenger")),
    (Device.COMPUTER, ("windows", "macintosh", "linux", "x11", "cros")),
)


def kind() -> Device:
    """Return the kind of this request's device."""
    agent = request.user_agent.string.lower()
    return next((d for d, marks in _MARKS if any(m in agent for m in marks)), Device.OTHER)
