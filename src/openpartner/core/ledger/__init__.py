"""Double entry: who holds how much of what, and each movement, never changed."""
