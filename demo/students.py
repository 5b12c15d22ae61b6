"""The made-up class: what each student hands in, drawn from the variants and the mutants."""

from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell

from autograder.course.assignment import Assignment
from autograder.course.specimen import Specimen, mutants, variants
from autograder.course.submission import filled


@dataclass(frozen=True)
class Student:
    """A made-up student, or team.

    Parameters
    ----------
    id : str
    story : str
        What is special about the submission.
    answers : tuple of str
        The mutants and variants that fill the solution cells; `OWN` fills the others.
    first_cell : str
        A code cell that the student inserts before all others.
    solves, submits, truncates : bool
        Whether the student fills in the stubs, hands in the notebook, and loses half of its file.
    """

    id: str
    story: str
    answers: tuple[str, ...] = ()
    first_cell: str = ""
    solves: bool = True
    submits: bool = True
    truncates: bool = False


# right answers in other words: only a student who has seen the reference can hand it in
OWN = ("dropout_boolean_mask", "l2_product_sum")
CLASS = [
    Student("student-01", "right, in an ordinary way"),
    Student(
        "student-02",
        "right, masks drawn with random.random",
        ("dropout_random_of_the_standard_library",),
    ),
    Student(
        "student-03", "right, masks drawn by np.random.choice", ("dropout_choice_zero_or_scale",)
    ),
    Student("student-04", "right, penalty by einsum", ("dropout_binomial_mask", "l2_einsum")),
    Student("student-05", "keeps with probability p", ("dropout_keep_with_p",)),
    Student("student-06", "never scales the kept elements", ("dropout_never_scaled",)),
    Student("student-07", "no mask in the backward pass", ("dropout_backward_without_mask",)),
    Student("student-08", "one mask for ever", ("dropout_mask_of_the_first_call",)),
    Student("student-09", "penalises the bias too", ("l2_bias_in_both",)),
    Student("student-10", "the mean of the squares", ("l2_penalty_is_the_mean",)),
    Student("student-11", "nothing solved", solves=False),
    Student("student-12", "never handed in", submits=False),
    Student("student-13", "a file cut in half", truncates=True),
    Student("student-14", "right, but a cell runs for ever", first_cell="while True:\n    pass"),
    Student(
        "student-15", "right, but a cell ends the process", first_cell="import os\nos._exit(1)"
    ),
    Student(
        "team-16",
        "masks the input; half the penalty's gradient",
        ("dropout_mask_on_input", "l2_coefficient_without_factor_two"),
    ),
]


def solve(student: Student, path: Path, assignment: Assignment) -> None:
    """Do the student's work on the fetched notebook at `path`."""
    notebook = nbformat.read(path, as_version=4)
    if student.solves:
        known = _specimens(assignment)
        names = (*OWN, *student.answers)
        notebook = filled(notebook, {known[name].grade_id: known[name].source for name in names})
    if student.first_cell:
        notebook.cells.insert(0, new_code_cell(student.first_cell))
    text = nbformat.writes(notebook)
    path.write_text(text[: len(text) // 2] if student.truncates else text, encoding="utf-8")


def _specimens(assignment: Assignment) -> dict[str, Specimen]:
    return {specimen.name: specimen for specimen in [*mutants(assignment), *variants(assignment)]}
