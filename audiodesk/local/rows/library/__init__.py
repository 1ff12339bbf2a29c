"""What a person sees of a library: the tree, takes and their states, search, history and the trash."""
