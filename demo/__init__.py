"""A made-up class works on the assignment from release to feedback: `make demo`."""
