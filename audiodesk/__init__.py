"""AudioDesk: projects, chapters, sections and takes for people who make narration."""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "0.1.0"
