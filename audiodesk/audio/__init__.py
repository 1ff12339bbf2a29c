"""From bytes to facts about audio, and back."""
