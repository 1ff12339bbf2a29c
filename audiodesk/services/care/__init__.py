"""Keep the library whole: copies, sweeps, verification, what was found."""
