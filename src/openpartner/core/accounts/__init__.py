"""Accounts and who is bound to whom: the rows every other capability refers to."""
