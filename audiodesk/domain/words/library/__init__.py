"""Words about projects, chapters, sections and takes: their names, states, edits, history and trash."""
