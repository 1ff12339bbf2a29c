"""Tests of audiodesk.services.doctor."""
