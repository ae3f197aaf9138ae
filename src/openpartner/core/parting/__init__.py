"""How associations end and move: what either side asks, what the others answer, and what time decides."""
