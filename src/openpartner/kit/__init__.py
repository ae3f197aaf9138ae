"""Money, clock, ids, slices and text: standard library only."""
