"""Tests of audiodesk.system."""
