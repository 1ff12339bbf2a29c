"""The pane on the right: details of the chosen take or of the row in the centre."""
