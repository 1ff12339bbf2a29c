"""Tests of audiodesk.cloud."""
