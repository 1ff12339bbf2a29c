"""Keep the library whole: copies, sweeps, verification, found recordings."""
