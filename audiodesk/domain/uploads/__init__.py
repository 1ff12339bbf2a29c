"""Rules of uploads: names in the bucket, what is read back, and what follows after each answer of the server."""
