"""Tests of the set-up on this computer, each by using the part as the program does."""

from __future__ import annotations

from audiodesk.services.doctor.doctor import Doctor

__all__ = ["Doctor"]
