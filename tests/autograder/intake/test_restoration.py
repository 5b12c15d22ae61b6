"""Restoration: locked cells come from the release, and the student's text is kept."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from autograder.course.answer_file import file_cell
from autograder.course.submission import Submission
from autograder.intake.restoration import restore
from tests.autograder.support.tiny import claimed, notebook


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
    """A missing cell is inserted after its predecessor in the release, with a remark."""
    answered.cells = [cell for n, cell in enumerate(answered.cells) if n not in deleted]
    result, remarks = restored(answered, release)
    assert [name for name, _ in layout(result)] == order
    names = ["imports", "one", "test_one", "two", "test_two"]
    missing = [f"`{names[n - 1]}`" for n in sorted(deleted) if n > 0]
    counted = f"{len(missing)} cell{' was' if len(missing) == 1 else 's were'}"
    reported = [f"{counted} missing, put back as released: {', '.join(missing)}"]
    assert remarks == (reported if missing else [])


def test_a_deleted_solution_cell_is_a_stub_again(answered, release):
    """A missing solution cell comes back unsolved, and the other one keeps its answer."""
    del answered.cells[2]
    result, _ = restored(answered, release)
    assert ("one", "stub one") in layout(result)
    assert ("two", "answer two") in layout(result)


@pytest.mark.parametrize(
    ("submitted", "order"),
    [
        ([1, 4, 0, 2, 3], ["imports", "two", "test_two", None, "one", "test_one"]),
        ([1, 2, 4], ["imports", "one", "test_one", "two", "test_two"]),
        ([3, 2], ["imports", "test_one", "two", "test_two", "one"]),
    ],
)
def test_a_missing_cell_follows_a_moved_one(answered, release, submitted, order):
    """Where cells were moved, a missing one still follows its own predecessor."""
    answered.cells = [answered.cells[n] for n in submitted]
    result, _ = restored(answered, release)
    assert [name for name, _ in layout(result)] == order


def test_moved_cells_stay_where_they_are(answered, release):
    """The student's order is kept: cells run from top to bottom."""
    order = [1, 5, 4, 3, 2, 0]
    answered.cells = [answered.cells[n] for n in order]
    result, remarks = restored(answered, release)
    assert layout(result) == [ANSWERED[n] for n in order]
    assert remarks == []


def test_given_cells_stand_before_the_answers(answered, release):
    """Given cells come before the answers again, with a remark."""
    answered.cells.reverse()
    result, remarks = restored(answered, release)
    names = ["test_two", "imports", "two", "test_one", "one", None]
    assert [name for name, _ in layout(result)] == names
    assert remarks == ["1 cell was put before the answers again, as released: `imports`"]


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
    assert remarks == ["cell `one` exists 2 times: the last one that is filled in counts"]


def test_a_duplicated_grade_cell_is_graded_once(answered, release):
    """A copied test cell does not score twice, and does not abort anything."""
    answered.cells.append(nbformat.from_dict(answered.cells[3]))
    result, remarks = restored(answered, release)
    assert [name for name, _ in layout(result)].count("test_one") == 1
    assert len(remarks) == 1


def test_forged_grade_cells_lose_their_claims(answered, release):
    """A cell that the release does not know is a plain cell, with any claimed points."""
    answered.cells.append(claimed("100.0", grade_id="bonus", grade=True, locked=True, points=100))
    answered.cells.append(new_code_cell("x"))
    answered.cells[-1].metadata = nbformat.from_dict({"nbgrader": "nonsense", "tags": [3]})
    result, remarks = restored(answered, release)
    assert layout(result)[6:] == [(None, "100.0"), (None, "x")]
    assert [cell.metadata for cell in result.cells[6:]] == [{}, {}]
    assert remarks == []


ANSWER = "class One:\n    x = 1\n"
OTHER = "def two():\n    return 2\n"


@pytest.fixture
def named():
    """A release whose answers define names."""
    return notebook(
        claimed("import numpy", grade_id="imports", locked=True),
        claimed("class One:\n    pass", grade_id="one", solution=True),
        claimed("# hidden", grade_id="test_one", grade=True, locked=True, points=1),
        claimed("def two():\n    pass", grade_id="two", solution=True),
    )


def answers(submitted, release):
    """Return the text that counts as each answer, and the remarks."""
    result, remarks = restored(submitted, release)
    found = dict(layout(result))
    return found["one"], found["two"], remarks


@pytest.mark.parametrize("metadata", [{}, {"nbgrader": {"grade_id": "one-Copy1"}}])
def test_an_answer_without_its_id_is_found_by_its_name(named, metadata):
    """Without ids, the cell that defines an answer's name counts."""
    cells = [new_code_cell(text, metadata=metadata) for text in ("import numpy", ANSWER, OTHER)]
    one, two, remarks = answers(notebook(*cells), named)
    assert (one, two) == (ANSWER, OTHER)
    assert remarks[:2] == [
        "the answer `one` was found by its name, One: its own cell is missing",
        "the answer `two` was found by its name, two: its own cell is missing",
    ]


def test_an_answer_beside_its_unchanged_stub_counts(named):
    """The last cell that defines the name counts if the solution cell is not filled in."""
    submitted = nbformat.from_dict(named)
    submitted.cells += [new_code_cell("class One: x = 0"), new_code_cell(ANSWER)]
    one, two, remarks = answers(submitted, named)
    assert (one, two) == (ANSWER, named.cells[3].source)
    assert remarks == ["the answer `one` was found by its name, One: its own cell is not filled in"]


def test_a_filled_in_answer_is_not_replaced(named):
    """A class in a later cell does not take the place of a filled-in one; a remark says so."""
    submitted = nbformat.from_dict(named)
    submitted.cells[1].source = ANSWER
    submitted.cells.insert(0, new_code_cell("class One: x = 0"))
    assert answers(submitted, named)[2] == []  # as in Jupyter, where the later one counts
    submitted.cells += [new_code_cell(text) for text in ("class One: x = 0", "x = 3", ANSWER)]
    one, _, [remark] = answers(submitted, named)
    assert one == ANSWER
    assert remark == (
        "One is defined in cell `one`, which was graded, and again in code cell 6, code cell 8, "
        "which was not: if that is the answer, copy it into cell `one`"
    )


OPEN = """\
class One:
    def first(self):
        # YOUR CODE HERE
        raise NotImplementedError()

    def second(self):
        # YOUR CODE HERE
        raise NotImplementedError()
"""
FINISHED = OPEN.replace("raise NotImplementedError()", "return 1")
HALF = OPEN.replace("raise NotImplementedError()", "return 1", 1)


@pytest.fixture
def unfinished():
    """A release of one answer with two methods."""
    return notebook(
        claimed("import numpy", grade_id="imports", locked=True),
        claimed(OPEN, grade_id="one", solution=True),
        claimed("# hidden", grade_id="test_one", grade=True, locked=True, points=1),
    )


def one_of(release, own, *others):
    """Return the text that counts as the answer `one`, and the remarks."""
    submitted = nbformat.from_dict(release)
    submitted.cells[1].source = own
    submitted.cells += map(new_code_cell, others)
    result, remarks = restored(submitted, release)
    return dict(layout(result))["one"], remarks


def behind(prompt, further, text):
    """Return a text as it is pasted from another session."""
    return "".join(f"{further if n else prompt} {t}\n" for n, t in enumerate(text.splitlines()))


FOUND = "the answer `one` was found by its name, One: its own cell is not filled in"
STUBS = {
    "print": OPEN.replace("        raise", "        print('here')\n        raise"),
    "comment": OPEN.replace("# YOUR CODE HERE", "# below"),
    "docstring": OPEN.replace("One:", "One:\n    '''Mine.'''"),
    "blanks": OPEN.replace("\n", "   \n"),
    "lines": OPEN.replace("\n", "\r\n"),
    "indented": "".join(f"    {line}\n" for line in OPEN.splitlines()),
    "prompts": behind(">>>", "...", OPEN),
    "timed": f"%%time\n{OPEN}",
    "of another language": f"%%bash\n{FINISHED}",
}


@pytest.mark.parametrize("stub", STUBS.values(), ids=STUBS)
def test_a_stub_that_was_touched_gives_way_to_a_finished_class(unfinished, stub):
    """A cell that still raises is no answer: the class in a new cell below counts, with a remark."""
    assert one_of(unfinished, stub, FINISHED) == (FINISHED, [FOUND])
    assert one_of(unfinished, stub) == (stub, [])


@pytest.mark.parametrize(
    "finished",
    [
        f"%%time\n{FINISHED}",
        "".join(f"\t{line}\n" for line in FINISHED.splitlines()),
        behind("In [1]:", "   ...:", FINISHED),
    ],
)
def test_a_finished_class_is_found_as_jupyter_reads_it(unfinished, finished):
    """By its name, under a magic, in an indented cell or behind prompts."""
    assert one_of(unfinished, OPEN, finished) == (finished, [FOUND])


def test_of_copies_the_last_one_that_answers_counts(unfinished):
    """A copied cell that still raises replaces no answer, even if it was changed."""
    submitted = nbformat.from_dict(unfinished)
    submitted.cells[1].source = FINISHED
    submitted.cells.append(claimed(STUBS["print"], grade_id="one", solution=True))
    result, _ = restored(submitted, unfinished)
    assert dict(layout(result))["one"] == FINISHED


def test_an_unfinished_answer_gives_way_to_a_later_finished_one(unfinished):
    """As in Jupyter; if the later one is no better, or comes before it, its own cell counts."""
    one, [remark] = one_of(unfinished, HALF, FINISHED)
    assert one == FINISHED
    assert remark == (
        "One.second in cell `one` still raises NotImplementedError: One was taken from "
        "code cell 4, which defines it later"
    )
    assert one_of(unfinished, HALF, OPEN) == (HALF, [])
    one, [remark] = one_of(unfinished, HALF, HALF)
    assert one == HALF
    assert "which was graded, and again in code cell 4" in remark
    first = nbformat.from_dict(unfinished)
    first.cells[1].source = HALF
    first.cells.insert(0, new_code_cell(FINISHED))
    assert dict(layout(restored(first, unfinished)[0]))["one"] == HALF


def test_a_cell_that_is_no_python_gives_way_to_a_later_one(unfinished):
    """Jupyter cannot run it either, and runs the later one."""
    one, [remark] = one_of(unfinished, f"{FINISHED}\n)", FINISHED)
    assert one == FINISHED
    assert remark == (
        "cell `one` is not valid Python: One was taken from code cell 4, which defines it later"
    )


def test_two_answers_in_one_cell_are_both_there(named):
    """A cell counts as one answer; the other's stub is restored and replaces nothing."""
    both = new_code_cell(ANSWER + OTHER)
    one, two, _ = answers(notebook(both), named)
    assert one == ANSWER + OTHER
    assert two == named.cells[3].source


@pytest.mark.parametrize("make", [new_markdown_cell, new_raw_cell])
def test_an_answer_in_a_text_cell_counts_if_it_is_code(named, make):
    """Code that was turned into text without its id is found, in a fence or not; prose is not."""
    one, _, _ = answers(notebook(make(ANSWER)), named)
    assert one == ANSWER
    one, _, _ = answers(notebook(make(f"```python\n{ANSWER}\n```\n")), named)
    assert one.strip() == ANSWER.strip()
    one, _, _ = answers(notebook(make(f"We wrote:\n\n{ANSWER}")), named)
    assert one == named.cells[1].source


def test_code_counts_before_text(named):
    """Of a code cell and a later text cell that both claim to be the answer, the code counts."""
    claims = {"nbgrader": {"grade_id": "one"}}
    cells = [
        new_code_cell(ANSWER, metadata=claims),
        new_markdown_cell("my notes", metadata=claims),
    ]
    one, _, _ = answers(notebook(*cells), named)
    assert one == ANSWER


def test_an_answer_under_a_locked_cells_id_is_not_lost(named):
    """A test cell's id on an answer does not replace the answer by the test."""
    submitted = nbformat.from_dict(named)
    submitted.cells[1].source = ANSWER
    submitted.cells[1].metadata.nbgrader.grade_id = "test_one"
    one, _, _ = answers(submitted, named)
    assert one == ANSWER


def test_a_picture_that_is_not_there_is_no_error(release):
    """A text's attached picture was dropped with the file's: nothing asks for it on a page."""
    submitted = nbformat.from_dict(release)
    submitted.cells[0].source = "![x](attachment:x.png)"
    result, _ = restored(submitted, release)
    assert result.cells[0].source == "![x](attachment-x.png)"


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
    """Restoring a submission changes neither the release nor later submissions."""
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


def file(path, text, name=""):
    """Return the cell of a file that was handed in."""
    return file_cell(path, text, name)


def answer(value):
    """Return a file that defines what the released one leaves open."""
    return f"import numpy\n\n\nclass One:\n    def value(self):\n        return {value}\n"


FILE_STUB = answer("0").replace("return 0", "raise NotImplementedError()")
CELLS = [claimed("import one", grade_id="imports", locked=True)]


def restored_files(*submitted):
    """Restore files, with a whole notebook; return the cells and the remarks."""
    release = notebook(file("lay/one.py", FILE_STUB, "one"), *CELLS)
    result, remarks = restored(notebook(*submitted, *CELLS), release)
    cells = Submission.from_notebook(result).cells
    return [(cell.file, cell.grade_id, cell.source) for cell in cells if cell.file], remarks


def test_a_file_in_its_place_is_the_answer():
    """Other files follow the notebook, with their own paths."""
    files, remarks = restored_files(
        file("helper.py", "x = 1"), file("lay/one.py", answer(1), "one")
    )
    assert files == [("lay/one.py", "one", answer(1)), ("helper.py", "", "x = 1")]
    assert remarks == []


@pytest.mark.parametrize("path", ["lay/One.py", "one.py", "stuff/lay/one.py", "lay/one (1).py"])
def test_a_renamed_or_moved_file_is_found_by_its_names(path):
    """It is graded in the place of the released one, and not a second time."""
    files, remarks = restored_files(file(path, answer(1)))
    assert files == [("lay/one.py", "one", answer(1))]
    assert remarks == [f"`{path}` was graded as `lay/one.py`, which is missing: it defines One"]


def test_a_missing_file_counts_as_not_filled_in():
    """The released text takes its place, and the remark names the file."""
    files, remarks = restored_files()
    assert files == [("lay/one.py", "one", FILE_STUB)]
    assert remarks == ["`lay/one.py` is missing: it counts as not filled in"]


def test_an_untouched_file_gives_way_to_one_that_is_filled_in():
    """The text that counts stands in the answer's place alone."""
    files, remarks = restored_files(
        file("lay/one.py", FILE_STUB, "one"), file("lay/new.py", answer(1))
    )
    assert files == [("lay/one.py", "one", answer(1))]
    assert remarks == [
        "`lay/new.py` was graded as `lay/one.py`, which is not filled in: it defines One"
    ]


def test_an_answer_in_a_cell_gets_the_files_imports():
    """A student who wrote the class into the notebook loses nothing."""
    cell = answer(1).partition("\n\n\n")[2]
    files, remarks = restored_files(new_code_cell(cell))
    assert files == [("lay/one.py", "one", answer(1))]
    assert remarks == ["code cell 1 was graded as `lay/one.py`, which is missing: it defines One"]


def test_a_filled_file_counts_whatever_else_lies_there():
    """Another file or cell that defines the same is only named."""
    files, remarks = restored_files(
        file("lay/one.py", answer(1), "one"), file("old.py", answer(2)), new_code_cell(answer(3))
    )
    assert files[0] == ("lay/one.py", "one", answer(1))
    assert remarks == [
        (
            "One is defined in `lay/one.py`, which was graded, and again in `old.py`, code cell 1, "
            "which was not: if that is the answer, copy it into `lay/one.py`"
        )
    ]


@pytest.mark.parametrize("line", ["from helper import One\n", "from .helper import *\n"])
def test_a_file_may_import_the_answer_from_another(line):
    """Then the other file is graded, too, and no remark says that it is not."""
    files, remarks = restored_files(file("lay/one.py", line, "one"), file("helper.py", answer(1)))
    assert files == [("lay/one.py", "one", line), ("helper.py", "", answer(1))]
    assert remarks == []


def test_no_cell_can_claim_to_be_the_file():
    """The `grade_id` of a file in a cell's metadata means nothing."""
    files, _ = restored_files(
        file("lay/one.py", answer(1), "one"),
        claimed(answer(2), grade_id="one", solution=True),
    )
    assert files == [("lay/one.py", "one", answer(1))]
