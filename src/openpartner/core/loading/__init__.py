"""Many accounts at once: loaded by the demo, imported from a file, and checked against what they repeat."""
