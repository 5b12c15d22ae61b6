"""Measures what grading costs: with stock nbgrader, with `autograder`, and at the floor."""
