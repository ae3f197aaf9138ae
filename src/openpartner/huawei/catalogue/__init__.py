"""The codes that bills are named by, and the units that usage is told in."""
