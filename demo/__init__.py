"""A made-up class, taken through a whole assignment: `make demo`."""
