"""What the world agrees on, countries and industries, and what clouds call what they bill."""
