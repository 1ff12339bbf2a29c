"""Tags: ID3, RIFF INFO and others."""
