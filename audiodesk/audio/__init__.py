"""From bytes to facts about audio, and back.

Nothing here is imported but by the decoders' own process: numpy, soundfile and mutagen are loaded by its rooms.
"""

from __future__ import annotations

__all__ = ["ANALYSIS_VERSION"]

ANALYSIS_VERSION = 3
"""Raised when the full decode measures more or otherwise, so that older results are made again."""
