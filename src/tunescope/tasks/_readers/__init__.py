"""The formats that labelled sentences are read from, one a file."""
