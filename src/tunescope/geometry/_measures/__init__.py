"""Measures of one space and of two spaces of the same points: one file each, in the folders `of_one` and `of_two`."""
