"""A project's cover as a value: a small picture in PNG or JPEG, and its limits."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["COVER_BYTES", "COVER_FILE_BYTES", "COVER_PIXELS", "COVER_SIDES", "CoverPicture"]

COVER_BYTES = 262_144
"""Bytes of a stored cover."""
COVER_SIDES = (1600, 1200, 900, 700, 500, 300)
"""Pixels of the longer side; the largest at which the picture has at most ``COVER_BYTES`` is taken."""
COVER_FILE_BYTES = 100 * 1024 * 1024
"""Bytes of a file from which a cover is made."""
COVER_PIXELS = 50_000_000
"""Pixels of a picture from which a cover is made: decoded it needs up to eight bytes for each."""


@dataclass(frozen=True, slots=True)
class CoverPicture:
    """A picture of at most ``COVER_BYTES``; ``mime`` is "image/png" or "image/jpeg".

    ``frames`` is the number of pictures in the file, of which this is the first: more than one in an animation.
    """

    mime: str
    data: bytes
    frames: int = 1
