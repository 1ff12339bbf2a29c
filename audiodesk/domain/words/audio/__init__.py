"""Words for what a check found in a file: a sentence, a thing to do, and a label for a column."""
