"""Lists that forms are filled from."""
