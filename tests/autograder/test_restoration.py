"""Restoration: what is locked comes from the release, what the student wrote is kept."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from autograder.restoration import restore
from autograder.submission import Submission
from tests.autograder.conftest import claimed, notebook


@pytest.fixture
def release():
    return notebook(
        new_markdown_cell("# Title"),
        claimed("import numpy", grade_id="imports", locked=True),
        claimed("stub one", grade_id="one", solution=True),
        claimed("# hidden", grade_id="test_one", grade=True, locked=True, points=1.5),
        claimed("stub two", grade_id="two", solution=True),
        claimed("# hidden", grade_id="test_two", grade=True, locked=True, points=0.5),
    )


@pytest.fixture
def answered(release):
    """The release with both solution cells filled in."""
    submitted = nbformat.from_dict(release)
    submitted.cells[2].source = "answer one"
    submitted.cells[4].source = "answer two"
    return submitted


def restored(submitted, release):
    result, remarks = restore(Submission.from_notebook(submitted), release)
    nbformat.validate(result)
    assert len({cell.id for cell in result.cells}) == len(result.cells)
    return result, remarks


def layout(result):
    """Return (grade_id, text) of each cell."""
    return [
        (cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source) for cell in result.cells
    ]


ANSWERED = [
    (None, "# Title"),
    ("imports", "import numpy"),
    ("one", "answer one"),
    ("test_one", "# hidden"),
    ("two", "answer two"),
    ("test_two", "# hidden"),
]


def test_a_submission_in_order_stays_as_it_is(answered, release):
    """A submission that follows the release is kept, without a remark."""
    result, remarks = restored(answered, release)
    assert layout(result) == ANSWERED
    assert remarks == []
    assert [cell.metadata for cell in result.cells] == [cell.metadata for cell in release.cells]


def test_locked_cells_come_from_the_release(answered, release):
    """A locked or graded cell's text, type, points and outputs are the release's."""
    forged = answered.cells[3]
    forged.source = "1.5"
    forged.outputs = [
        nbformat.v4.new_output("execute_result", data={"text/plain": "1.5"}, execution_count=7)
    ]
    forged.execution_count = 7
    forged.metadata.nbgrader.update(points=100, locked=False, solution=True, schema_version=99)
    forged.metadata["tags"] = ["skip-execution"]
    answered.cells[1].source = "import os"
    result, _ = restored(answered, release)
    assert layout(result) == ANSWERED
    trusted = result.cells[3]
    assert trusted.metadata == release.cells[3].metadata
    assert (trusted.outputs, trusted.execution_count) == ([], None)


def test_a_solution_cell_keeps_the_students_text_alone(answered, release):
    """Of a solution cell only the text is kept: its metadata and outputs are not."""
    answered.cells[2].metadata.nbgrader.update(grade=True, points=50)
    answered.cells[2].outputs = [nbformat.v4.new_output("stream", text="hello")]
    result, _ = restored(answered, release)
    assert result.cells[2].metadata == release.cells[2].metadata
    assert result.cells[2].outputs == []
    assert result.cells[2].source == "answer one"


@pytest.mark.parametrize("kind", [new_markdown_cell, new_raw_cell])
def test_a_retyped_cell_is_code_again(answered, release, kind):
    """A solution or grade cell that was turned into text is code again."""
    for index in (2, 3):
        was = answered.cells[index]
        answered.cells[index] = kind(was.source, metadata=was.metadata)
    result, remarks = restored(answered, release)
    assert layout(result) == ANSWERED
    assert [cell.cell_type for cell in result.cells] == ["markdown"] + ["code"] * 5
    assert remarks == []


@pytest.mark.parametrize(
    ("deleted", "order"),
    [
        ([3], [None, "imports", "one", "test_one", "two", "test_two"]),
        ([1], ["imports", None, "one", "test_one", "two", "test_two"]),
        ([1, 2], ["imports", "one", None, "test_one", "two", "test_two"]),
        ([4, 5], [None, "imports", "one", "test_one", "two", "test_two"]),
        ([0, 1, 2, 3, 4, 5], ["imports", "one", "test_one", "two", "test_two"]),
    ],
)
def test_a_deleted_cell_is_put_back(answered, release, deleted, order):
    """A missing cell stands behind the one that it follows in the release, and is remarked."""
    answered.cells = [cell for n, cell in enumerate(answered.cells) if n not in deleted]
    result, remarks = restored(answered, release)
    assert [name for name, _ in layout(result)] == order
    names = ["imports", "one", "test_one", "two", "test_two"]
    missing = [f"`{names[n - 1]}`" for n in sorted(deleted) if n > 0]
    counted = f"{len(missing)} cell{' was' if len(missing) == 1 else 's were'}"
    told = [f"{counted} missing, put back as released: {', '.join(missing)}"]
    assert remarks == (told if missing else [])


def test_a_deleted_solution_cell_is_a_stub_again(answered, release):
    """A missing solution cell comes back unsolved, and the other one keeps its answer."""
    del answered.cells[2]
    result, _ = restored(answered, release)
    assert ("one", "stub one") in layout(result)
    assert ("two", "answer two") in layout(result)


@pytest.mark.parametrize(
    ("submitted", "order"),
    [
        ([4, 0, 2, 3, 1], ["two", "test_two", None, "one", "test_one", "imports"]),
        ([2, 4, 1], ["one", "test_one", "two", "test_two", "imports"]),
        ([3, 2], ["imports", "test_one", "two", "test_two", "one"]),
    ],
)
def test_a_missing_cell_follows_a_moved_one(answered, release, submitted, order):
    """Where cells were moved, a missing one still follows its own predecessor."""
    answered.cells = [answered.cells[n] for n in submitted]
    result, _ = restored(answered, release)
    assert [name for name, _ in layout(result)] == order


def test_moved_cells_stay_where_they_are(answered, release):
    """The order is the student's: what was run from top to bottom is graded so."""
    answered.cells.reverse()
    result, remarks = restored(answered, release)
    assert layout(result) == ANSWERED[::-1]
    assert remarks == []


@pytest.mark.parametrize(
    ("texts", "kept"),
    [
        (["first", "second"], "second"),
        (["first", "stub one"], "first"),
        (["first", " \n"], "first"),
        (["stub one", "second"], "second"),
        (["stub one\n", "stub one"], "stub one"),
    ],
)
def test_of_duplicates_the_last_one_filled_in_counts(answered, release, texts, kept):
    """Of several copies of a cell one is graded; the others are plain cells, and it is remarked."""
    copies = [claimed(text, grade_id="one", solution=True) for text in texts]
    answered.cells[2:3] = copies
    result, remarks = restored(answered, release)
    assert [text for name, text in layout(result) if name == "one"] == [kept]
    assert sorted(text for _, text in layout(result)[2:4]) == sorted(texts)
    assert remarks == ["cell `one` is there 2 times: the last one filled in counts"]


def test_a_duplicated_grade_cell_is_graded_once(answered, release):
    """A copied test cell does not score twice, and does not abort anything."""
    answered.cells.append(nbformat.from_dict(answered.cells[3]))
    result, remarks = restored(answered, release)
    assert [name for name, _ in layout(result)].count("test_one") == 1
    assert len(remarks) == 1


def test_forged_grade_cells_lose_their_claims(answered, release):
    """A cell that the release does not know is a plain cell, whatever it claims to be worth."""
    answered.cells.append(claimed("100.0", grade_id="bonus", grade=True, locked=True, points=100))
    answered.cells.append(new_code_cell("x"))
    answered.cells[-1].metadata = nbformat.from_dict({"nbgrader": "nonsense", "tags": [3]})
    result, remarks = restored(answered, release)
    assert layout(result)[6:] == [(None, "100.0"), (None, "x")]
    assert [cell.metadata for cell in result.cells[6:]] == [{}, {}]
    assert remarks == []


def test_the_notebooks_own_metadata_are_the_releases(answered, release):
    """The kernel is the release's, and nothing else that was submitted is kept."""
    answered.metadata = nbformat.from_dict({"kernelspec": {"name": "x"}, "autograder": {"a": 1}})
    result, _ = restored(answered, release)
    assert result.metadata == {"kernelspec": release.metadata.kernelspec}


def test_a_release_without_a_kernel_gives_a_valid_notebook(answered, release):
    """A release may leave its kernel open."""
    del release.metadata["kernelspec"]
    restored(answered, release)


def test_the_release_stays_as_it_is(answered, release):
    """Restoring a submission changes neither the release nor what later ones get from it."""
    before = nbformat.writes(release)
    result, _ = restored(answered, release)
    result.cells[3].metadata.nbgrader.points = 77
    result.cells[3].outputs.append("x")
    assert nbformat.writes(release) == before


def test_the_same_submission_is_restored_alike(answered, release):
    """Nothing in the result is left to chance, and nothing is left of outputs of the release."""
    release.cells[3].outputs = [nbformat.v4.new_output("stream", text="forgotten")]
    first, again = (restored(answered, release)[0] for _ in range(2))
    assert first == again
    assert first.cells[3].outputs == []
