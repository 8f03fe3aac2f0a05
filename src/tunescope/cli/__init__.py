"""The commands a person types: parses, calls, prints; decides nothing."""
