"""Measures samples in a full decode."""
