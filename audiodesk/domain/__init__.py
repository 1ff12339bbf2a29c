"""The pure rules of AudioDesk: no input or output, no clock, no Qt."""
