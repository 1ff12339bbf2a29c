"""Tests that end processes, disks and databases in the middle of an import."""
