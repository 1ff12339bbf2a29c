"""Tests of audiodesk.views."""
