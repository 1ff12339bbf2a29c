"""The use cases of AudioDesk, and the threads they run on."""
