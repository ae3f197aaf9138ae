"""Real-name verification: submitted, reviewed, told."""
