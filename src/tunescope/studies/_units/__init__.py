"""Units of work, one kind a file."""
