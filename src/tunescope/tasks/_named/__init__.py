"""The tasks that come with the package: a file of this folder gives them in `TASKS`, its place in `ORDER`."""
