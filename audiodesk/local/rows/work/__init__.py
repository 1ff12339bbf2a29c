"""Work on the vault's files that outlives the process: arriving, measuring, sending and removing them."""
