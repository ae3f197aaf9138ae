"""A believable channel to try things with: made of word lists written for it, the same for the same seed."""
