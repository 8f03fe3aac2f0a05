"""What the paper claims and published, beside what was measured."""
