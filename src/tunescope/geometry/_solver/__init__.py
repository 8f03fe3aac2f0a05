"""The solver: compiled searches for the nearest points of hulls. Nothing outside of `geometry` imports it."""
