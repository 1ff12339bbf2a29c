"""The player bar: waveform, buttons, and the actions of playback."""
