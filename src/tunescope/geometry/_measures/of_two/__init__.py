"""Measures of two spaces of the same points, one idea a file; each file here is found by listing the folder."""
