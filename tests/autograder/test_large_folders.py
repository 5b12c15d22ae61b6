"""A class in which some have folders by the thousand beside their notebook: all are graded, by every command."""

import pytest

from autograder.files.sharing import obstacle
from autograder.leaks.leaks import Leaks
from tests.autograder.support.shape import nest, spread


@pytest.fixture
def course(removed, tiny_course):
    """A student with an ordinary folder, and four with too much in it."""
    tiny_course.hand_in("ann")
    nest(tiny_course.hand_in("bob"), 3000)
    spread(tiny_course.hand_in("carl"), 3000)
    for student, shape in (("dora", nest), ("eve", spread)):
        folder = tiny_course.hand_in(student) / ".refused"
        folder.mkdir()
        shape(folder, 3000)
    return tiny_course


@pytest.mark.unmeasured
def test_each_is_graded(course, grade):
    """Both commands grade each student; those who handed in too much get a remark."""
    assert grade().code == 0
    assert course.grade()["success"]
    for student in ("ann", "bob", "carl", "dora", "eve"):
        assert course.marks(student)[0] == 2
        remarks = course.entry(student).remarks
        reported = [remark.partition(" were set aside")[0] for remark in remarks]
        assert reported == ([] if student == "ann" else ["the files beside the notebook"])


def test_what_nobody_has_set_aside_yet_ends_no_other_command(course):
    """A search for leaks goes through it, and a collector asks whether it can be replaced."""
    assert Leaks(course.assignment, course.url).finds() == []
    assert [obstacle(path) for path in course.root.glob("submitted/*/tiny")] == [""] * 5
