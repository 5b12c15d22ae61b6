"""What the tests of pages share: the page of a submission in the tiny course."""

import pytest

from tests.autograder.support.page import Page


@pytest.fixture
def made(tiny_course):
    """A function that grades a submission and returns its page, made as the Formgrader's button does."""

    def generate(student="ann"):
        tiny_course.api.generate_feedback("tiny", student, force=True)
        path = tiny_course.root / "feedback" / student / "tiny" / "tiny.html"
        return Page(path.read_text(encoding="utf-8")) if path.exists() else None

    return generate
