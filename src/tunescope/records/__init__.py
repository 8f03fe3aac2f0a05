"""The stored form, said once: tables and their columns, names of stages, the explorer's files."""
