"""Tests of audiodesk.audio."""
