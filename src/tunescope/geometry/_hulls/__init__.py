"""Distances between the hulls of groups of points, with their certificates."""
