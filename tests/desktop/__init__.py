"""Tests of audiodesk.desktop."""
