"""Tests of the server's schema on a real PostgreSQL."""
