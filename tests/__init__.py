"""The tests of AudioDesk; they mirror the package."""
