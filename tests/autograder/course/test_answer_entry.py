"""The gradebook knows the answers that are files, so that a grader can comment on them."""

import shutil

import pytest
from nbgrader.api import Gradebook

from tests.autograder.support.tiny import in_files


@pytest.mark.parametrize("known", [True, False], ids=["released", "entered when it is graded"])
def test_a_comment_on_a_file_is_kept(tiny, tiny_course, grade, known):
    """An untouched file has nbgrader's own comment. A new release keeps what a person wrote."""
    in_files(tiny)

    def release():
        made = tiny_course.api.generate_assignment("tiny", force=True)
        assert made["success"], made["log"]

    release()
    if not known:
        with Gradebook(tiny_course.url) as gradebook:
            gradebook.remove_assignment("tiny")
    shutil.copytree(tiny.root / "release/tiny", tiny.root / "submitted/ann/tiny")
    assert grade().code == 0
    with Gradebook(tiny_course.url) as gradebook:
        assert gradebook.find_source_cell("scaler", "tiny", "tiny").source == ""
        comment = gradebook.find_comment("scaler", "tiny", "tiny", "ann")
        assert comment.auto_comment == "No response."
        comment.manual_comment = "Begin with a sketch."
        gradebook.db.commit()
    release()
    assert grade("--force").code == 0
    with Gradebook(tiny_course.url) as gradebook:
        comment = gradebook.find_comment("scaler", "tiny", "tiny", "ann")
        assert comment.manual_comment == "Begin with a sketch."
