"""Tests of the widgets that choose between new takes."""
