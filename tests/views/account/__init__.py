"""Tests of the widgets around the account."""
