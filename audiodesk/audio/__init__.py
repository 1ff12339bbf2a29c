"""Reads audio files: what they are, whether they are whole, and what they sound like.

Only the decoders' own process imports the packages below: they load numpy, soundfile and mutagen, which takes time.
"""

from __future__ import annotations

__all__ = ["ANALYSIS_VERSION"]

ANALYSIS_VERSION = 3
"""Raise it when the full decode measures something new or differently, so that older results are made again."""
