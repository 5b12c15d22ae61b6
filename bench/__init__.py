"""What grading costs: stock nbgrader, ours, and the floor, on the same submissions in one run."""
