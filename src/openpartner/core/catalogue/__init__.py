"""Lists that the world agrees on and the product only reads: countries and industries."""
