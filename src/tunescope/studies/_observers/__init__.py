"""Observers: what is looked at in every state of a trajectory; one observer a file."""
