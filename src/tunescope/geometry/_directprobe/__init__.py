"""The rule of DirectProbe: which points of a label form one cluster."""
