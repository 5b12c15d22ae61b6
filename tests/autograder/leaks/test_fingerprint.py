"""Only long comments and long regions identify the reference solution."""

import pytest

from autograder.leaks.fingerprint import Fingerprints
from tests.autograder.support.tiny import HEADER, make_course

COMMENT = "the factor alone scales the input"


def fingerprints(root, *lines, shown=""):
    body = "".join(f"        {line}\n" for line in ("### BEGIN SOLUTION", *lines))
    solved = f"{HEADER}{body}        ### END SOLUTION\n"
    return Fingerprints.of(make_course(root, solved=solved), shown)


@pytest.mark.parametrize(
    ("comment", "is_known"),
    [
        ("the factor", False),
        ("multiplication instead of exponentiation", False),  # 4 words
        ("is x * y or z", False),  # 5 words, but less than 24 characters
        ("the mean over all entries", True),  # 5 words
        (COMMENT, True),
    ],
)
def test_a_comment_counts_from_five_words_and_24_characters(tmp_path, comment, is_known):
    """A short comment may be the student's own."""
    known = fingerprints(tmp_path, f"return self.factor * x  # {comment}")
    assert known.found_in(f"y = 1  # {comment}") == (comment if is_known else "")


@pytest.mark.parametrize(("count", "is_known"), [(3, False), (7, False), (8, True)])
def test_equal_code_counts_from_eight_different_lines(tmp_path, count, is_known):
    """Short right answers are alike; a line that repeats another does not count."""
    lines = [f"self.state_{n} = x * {n}" for n in range(count)]
    found = fingerprints(tmp_path, *lines, lines[0]).found_in("\n".join([*lines, lines[0]]))
    assert found == (lines[0] if is_known else "")


def test_what_the_source_shows_does_not_count(tmp_path):
    """Every student has read it."""
    known = fingerprints(tmp_path, f"pass  # {COMMENT}", shown=f"x\n{COMMENT}\ny")
    assert known.found_in(f"# {COMMENT}") == ""
    assert known.found_in("### BEGIN SOLUTION") == "### BEGIN SOLUTION"
