"""Tests of audiodesk.domain."""
