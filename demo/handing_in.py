"""The students' part of the demo, in one process: `python -m demo.handing_in COURSE`.

Each student runs nbgrader's own fetch and submit commands in a folder of their own. It prints a
student's id on standard output when the student is done, and everything else on standard error.
"""

import contextlib
import sys
from pathlib import Path

from nbgrader.apps import FetchAssignmentApp, SubmitApp

from autograder.course.assignment import Assignment
from demo.students import CLASS, Student, solve


def hand_in(course: Path, student: Student, assignment: Assignment) -> None:
    """Fetch, solve and submit, as one student does."""
    home = course / "students" / student.id
    home.mkdir(parents=True)
    with contextlib.chdir(home), contextlib.redirect_stdout(sys.stderr):
        FetchAssignmentApp.launch_instance([assignment.name])
        FetchAssignmentApp.clear_instance()
        solve(student, home / assignment.name / f"{assignment.name}.ipynb", assignment)
        if student.submits:
            SubmitApp.launch_instance([assignment.name, f"--student={student.id}"])
            SubmitApp.clear_instance()


def main() -> None:
    """Hand in for the whole class."""
    course = Path(sys.argv[1])
    assignment = Assignment(course, sys.argv[2])
    for student in CLASS:
        hand_in(course, student, assignment)
        sys.stdout.write(f"{student.id}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
