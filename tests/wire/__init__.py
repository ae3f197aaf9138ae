"""Raw signed HTTP."""
