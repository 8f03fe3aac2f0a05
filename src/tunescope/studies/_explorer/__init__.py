"""The points of a study and their projections, written for the explorer."""
