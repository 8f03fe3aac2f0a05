"""Labelled vectors that a person brings: one kind of file a module."""
