"""The imprint: what a release says of itself is what was released."""

import pytest

from autograder.course.assignment import IMPRINT
from autograder.course.imprint import digest
from autograder.course.submission import Submission
from tests.conftest import PROJECT


def test_a_release_knows_its_cells(assignment):
    """Each by its role, with a digest of its text."""
    cells = Submission.from_notebook(assignment.release).cells
    imprint = assignment.release.metadata[IMPRINT]
    assert imprint["notebook"] == "dropout_l2.ipynb"
    assert imprint["cells"] == {
        cell.grade_id: {
            "role": "answer" if cell.solution else "graded" if cell.grade else "given",
            "digest": digest(cell.source),
        }
        for cell in cells
        if cell.grade_id
    }
    roles = [one["role"] for one in imprint["cells"].values()]
    assert (roles.count("answer"), roles.count("graded")) == (2, 4)


def test_a_release_knows_its_modules(assignment):
    """Each given module is released with the digest that the imprint has."""
    folder = PROJECT / "release" / "dropout_l2"
    files = assignment.release.metadata[IMPRINT]["files"]
    assert sorted(files) == sorted(assignment.given)
    assert files == {name: digest((folder / name).read_text()) for name in files}


@pytest.mark.parametrize("text", ["a\nb", "a\nb\n", "\n a\nb "])
def test_a_digest_does_not_depend_on_what_is_around_a_text(text):
    """Editors add and remove a line's end at the end of a file."""
    assert digest(text) == digest("a\nb")
    assert digest(text) != digest("a\nc")
