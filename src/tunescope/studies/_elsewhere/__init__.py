"""Encoders that somebody else trains or has trained: followed live, as checkpoints of a study, compared."""
