"""Tests that kill processes, fill disks and break databases in the middle of an import."""
