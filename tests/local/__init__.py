"""Tests of audiodesk.local."""
