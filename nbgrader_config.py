"""The course's settings for nbgrader."""

c = get_config()  # nbgrader puts it there

c.CourseDirectory.course_id = "deep_learning"
c.CourseDirectory.solution_directory = "reference_solution"

# >>> autograder init >>> (`autograder init --remove` removes these lines)
from autograder.adopt.extension import configure

configure(get_config())
# <<< autograder init <<<
