"""Read and edit the library."""
