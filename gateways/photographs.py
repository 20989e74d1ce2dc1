"""Reads a photograph from anywhere; returns a clean JPEG: upright, small, without EXIF."""

import io
import warnings
import zipfile
from enum import StrEnum

import filetype
from PIL import Image, ImageDraw, ImageFont, ImageOps, UnidentifiedImageError

LARGEST_BYTES = 20 * 1024 * 1024
LARGEST_SIDE = 1600
SMALLEST_SIDE = 16
QUALITY = 82
# A phone's 108 megapixels pass because a JPEG is read at a fraction of its size.
MOST_PIXELS = {"JPEG": 130_000_000, "MPO": 130_000_000, "PNG": 40_000_000, "WEBP": 40_000_000}
# The opener of JPEG hands out MPO (a phone's picture of several) by itself.
_FORMATS = {"jpg": ("JPEG",), "png": ("PNG",), "webp": ("WEBP",)}
# What makes a picture a second thing as well: a page, a script, a document.
_SECOND_THINGS = (b"<script", b"<html", b"<?php", b"%pdf-")


class Fault(StrEnum):
    """What is wrong with a file, for the caller's sentence."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_A_PHOTO = "not_a_photo"
    TWO_THINGS = "two_things"
    TOO_MANY_PIXELS = "too_many_pixels"
    BROKEN = "broken"


class NotAPhotograph(ValueError):
    """The file cannot be used."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def clean(content: bytes) -> bytes:
    """Return the picture re-encoded; nothing of the file but its pixels is kept.

    Raises NotAPhotograph with its fault.
    """
    if not content:
        raise NotAPhotograph(Fault.EMPTY)
    if len(content) > LARGEST_BYTES:
        raise NotAPhotograph(Fault.TOO_LARGE)
    formats = _formats(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return _encoded(content, formats)
    except NotAPhotograph:
        raise
    except UnidentifiedImageError:
        raise NotAPhotograph(Fault.NOT_A_PHOTO) from None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, MemoryError):
        raise NotAPhotograph(Fault.BROKEN) from None


def marked(picture: bytes, words: str) -> bytes:
    """Return one of our own pictures with plain ASCII words drawn across it again and again."""
    with Image.open(io.BytesIO(picture), formats=("JPEG",)) as image:
        ground = image.convert("RGBA")
    over = Image.new("RGBA", ground.size)
    pen, font = ImageDraw.Draw(over), ImageFont.load_default(max(16, ground.width // 36))
    step = max(60, ground.height // 8)
    for row, y in enumerate(range(step // 2, ground.height, step)):
        for x in range(-(row % 2) * ground.width // 4, ground.width, max(1, ground.width // 2)):
            pen.text((x, y), words, font=font, fill=(150, 20, 20, 110))
    result = io.BytesIO()
    Image.alpha_composite(ground, over).convert("RGB").save(result, "JPEG", quality=QUALITY)
    return result.getvalue()


def _formats(content: bytes) -> tuple[str, ...]:
    kind = filetype.guess(content)
    if kind is None or kind.extension not in _FORMATS:
        raise NotAPhotograph(Fault.NOT_A_PHOTO)
    folded = content.lower()
    if any(mark in folded for mark in _SECOND_THINGS) or zipfile.is_zipfile(io.BytesIO(content)):
        raise NotAPhotograph(Fault.TWO_THINGS)
    return _FORMATS[kind.extension]


def _encoded(content: bytes, formats: tuple[str, ...]) -> bytes:
    with Image.open(io.BytesIO(content), formats=formats) as image:
        _check_size(image)
        image.draft("RGB", (LARGEST_SIDE, LARGEST_SIDE))
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
        plain = Image.new("RGB", upright.size, "white")
        seen = upright.convert("RGBA") if upright.mode in ("P", "LA", "PA") else upright
        plain.paste(seen, mask=seen if seen.mode == "RGBA" else None)
    result = io.BytesIO()
    plain.save(result, "JPEG", quality=QUALITY, optimize=True)
    return result.getvalue()


def _check_size(image: Image.Image) -> None:
    if image.width * image.height > MOST_PIXELS[image.format or "PNG"]:
        raise NotAPhotograph(Fault.TOO_MANY_PIXELS)
    if min(image.size) < SMALLEST_SIDE:
        raise NotAPhotograph(Fault.BROKEN)
