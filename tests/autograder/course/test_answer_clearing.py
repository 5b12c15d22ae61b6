"""Answers in files lose their solutions in a release, and never reach it with them."""

import logging
import shutil

import pytest
from traitlets.config import Config

from autograder.course.answer_clearing import ClearAnswerFiles
from tests.autograder.support.tiny import STUB, in_files


def test_a_file_is_cleared_as_a_cell_is(tmp_path):
    """The stub of the settings replaces each region, indented; other files stay as they are."""
    solved = b"def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n"
    (tmp_path / "a.py").write_bytes(solved)
    (tmp_path / "b.txt").write_bytes(solved)
    step = ClearAnswerFiles()
    cleared = step.cleared(tmp_path / "a.py").decode()
    assert cleared == "def f():\n    # YOUR CODE HERE\n    raise NotImplementedError()\n"
    assert step.cleared(tmp_path / "b.txt") == solved
    step = ClearAnswerFiles(config=Config({"ClearSolutions": {"code_stub": {"python": "..."}}}))
    assert step.cleared(tmp_path / "a.py") == b"def f():\n    ...\n"


def test_an_unclosed_region_is_an_error(tmp_path):
    """A file whose solution has no end is not released."""
    (tmp_path / "a.py").write_text("### BEGIN SOLUTION\nx = 1\n")
    step = ClearAnswerFiles(log=logging.getLogger("quiet"))
    with pytest.raises(RuntimeError, match="no end solution"):
        step.cleared(tmp_path / "a.py")


def test_a_release_has_no_solution(tiny, tiny_course):
    """`nbgrader generate_assignment` clears the files; no setting has to name this step."""
    in_files(tiny)
    released = tiny.root / "release/tiny/scaler.py"
    released.unlink()
    result = tiny_course.api.generate_assignment("tiny", force=True)
    assert result["success"], result["log"]
    assert released.read_text().endswith(STUB)
    assert "BEGIN SOLUTION" not in released.read_text()


def test_two_answers_of_one_name_are_no_release(tiny, tiny_course):
    """The earlier release stays, and the error says what to do."""
    in_files(tiny)
    released, source = (tiny.root / stage / "tiny/scaler.py" for stage in ("release", "source"))
    (source.parent / "more").mkdir()
    shutil.copy(source, source.parent / "more")
    before = released.read_text()
    result = tiny_course.api.generate_assignment("tiny", force=True)
    assert not result["success"]
    assert "are named scaler.py: give each another name, then run `nbgrader gen" in result["log"]
    assert released.read_text() == before
