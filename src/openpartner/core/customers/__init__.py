"""The customers of the channel."""
