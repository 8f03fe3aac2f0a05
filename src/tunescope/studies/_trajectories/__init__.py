"""Trajectories: the states of one encoder in order, whoever made them; one way of having them a file."""
