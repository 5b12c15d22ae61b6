"""What some hand in changes nothing for the others of their class: points, notebooks and pages."""

import os

import pytest

from tests.autograder.support.shape import nest
from tests.autograder.support.tiny import HEADER, IDENTITY, IN_PLACE, RIGHT, THREE

HONEST = {"ann": RIGHT, "bob": IN_PLACE, "cem": IDENTITY, "dan": THREE}
HOSTILE = {
    "ends_its_worker": f"import os\nos._exit(3)\n{RIGHT}",
    "fills_the_memory": f"{HEADER}        return [bytes(2**20) for _ in range(2**20)]\n",
    "names_another": f"# Team: ann, bob, cem, dan\nstudent_id = 'ann'\n{RIGHT}",
    "nests_folders": RIGHT,
}


def reports(course):
    """Return the points, the graded notebook and the feedback page of each honest student."""
    assert course.api.generate_feedback("tiny", force=True)["success"]
    return {
        student: (
            course.marks(student),
            course.entry(student).cause,
            (course.graded(student) / "tiny.ipynb").read_bytes(),
            (course.root / "feedback" / student / "tiny" / "tiny.html").read_bytes(),
        )
        for student in HONEST
    }


@pytest.mark.usefixtures("removed")
def test_an_honest_class_has_the_same_with_hostile_neighbours(tiny_course, grade):
    """To the byte, graded before them and again among them."""
    for student, answer in HONEST.items():
        tiny_course.hand_in(student, answer)
    assert grade().code == 0
    alone = reports(tiny_course)
    for student, answer in HOSTILE.items():
        tiny_course.hand_in(student, answer)
    nest(tiny_course.submitted("nests_folders"), 1500)
    os.mkfifo(tiny_course.submitted("names_another") / "ann.ipynb")
    grade("--force")
    assert reports(tiny_course) == alone
    assert {alone[student][0][0] for student in HONEST} == {2, 1.5, 0}
