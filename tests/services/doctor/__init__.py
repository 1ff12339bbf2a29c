"""Tests of audiodesk.services."""
