"""Tests of audiodesk.services.library."""
