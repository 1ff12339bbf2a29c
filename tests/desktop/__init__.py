"""Tests of what wires the window."""
