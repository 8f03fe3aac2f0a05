"""The experiments: one question a file."""
