"""Two new takes of one section, from two computers: hearing them in turn, and choosing one, or many at once."""
