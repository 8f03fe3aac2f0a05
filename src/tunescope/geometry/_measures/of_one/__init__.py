"""Measures of one space, one idea a file; each file here is found by listing the folder."""
