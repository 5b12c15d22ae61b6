"""Like answers: copies are found whatever is renamed, and what everybody writes is none."""

import math
import random

import pytest

from autograder.class_report import similarity
from autograder.class_report.similarity import NEAR_IDENTICAL, RARE, Answer, alike
from autograder.course.specimen import variants

STUB = "class Scaler(Scaling):\n    def __call__(self, x):\n        raise NotImplementedError()\n"
HEAD = "class Scaler(Scaling):\n    def __call__(self, x):\n"
WORDS = ("np.sin", "np.cos", "np.exp", "np.log", "np.abs", "np.sqrt", "np.sum", "np.mean")


def code(seed, lines=6):
    """Return an answer of some lines that nobody else has."""
    chance = random.Random(seed)  # noqa: S311  # nothing secret
    steps = "".join(
        f"        step{n} = {chance.choice(WORDS)}({chance.choice(WORDS)}(x) * {chance.random():.6f})\n"
        for n in range(lines)
    )
    return f"{HEAD}{steps}        return step0\n"


def renamed(text):
    return text.replace("step", "mine").replace(
        "        return", "        # my idea\n        return"
    )


def answers(*texts, **teams):
    """Return an answer of each of the students s0, s1, ..., by a team where one is named."""
    return [Answer(f"s{n}", text, teams.get(f"s{n}", f"s{n}")) for n, text in enumerate(texts)]


CLASS = [code(seed) for seed in range(20)]


def test_a_renamed_copy_is_found():
    """By its text alone: variables have other names, and there are comments in it."""
    (group,) = alike("scaler", STUB, answers(*CLASS, renamed(CLASS[3])))
    assert group.students == ("s20", "s3")
    assert [answer.text for answer in group.shown] == [renamed(CLASS[3]), CLASS[3]]
    assert (group.cell, group.percent) == ("scaler", 100)


def test_the_numbers_of_a_pair_are_those_computed_by_hand():
    """Six lines that nobody else has, of 2 in 21, and the last one that all have."""
    (group,) = alike("scaler", STUB, answers(*CLASS, renamed(CLASS[3])))
    assert (group.lines, group.only_here) == (7, 6)
    assert group.bits == pytest.approx(6 * math.log2(41 / 2) + math.log2(41 / 21))


def test_a_copy_with_a_changed_line_is_found():
    """Nearly the same is enough, and the group has the percentage."""
    changed = CLASS[3].replace("step5 = ", "step5 = 2 + ")
    (group,) = alike("scaler", STUB, answers(*CLASS, changed))
    assert set(group.students) == {"s3", "s20"}
    assert NEAR_IDENTICAL <= group.percent < 100
    assert group.lines == 6


def test_answers_of_different_people_are_not_alike():
    """If every line is one's own, no group is found."""
    assert alike("scaler", STUB, answers(*CLASS)) == []


def test_what_everybody_writes_is_no_likeness():
    """However long it is, if half of the class has it, it says nothing of any two of them."""
    assert alike("scaler", STUB, answers(*[code(1)] * 40, *CLASS[2:])) == []
    assert alike("scaler", STUB, answers(*[code(1)] * 2, *CLASS[2:])) != []


def test_a_short_answer_is_no_likeness():
    """Two who write the same line need not have copied it."""
    line = f"{HEAD}        return 2.5 * x\n"
    assert alike("scaler", STUB, answers(line, line, *CLASS)) == []


@pytest.mark.parametrize("text", [STUB, f"{STUB}\n\n", "", "  \n", f"# nothing\n{STUB}"])
def test_nothing_written_is_no_likeness(text):
    """Neither the stub, nor an empty cell, nor a comment in the stub."""
    assert alike("scaler", STUB, answers(text, text, *CLASS)) == []


def test_code_that_is_no_python_can_be_a_copy():
    """It is compared line by line."""
    broken = CLASS[0].replace("return step0", "return step0 *")
    (group,) = alike("scaler", STUB, answers(broken, broken, *CLASS[1:]))
    assert group.students == ("s0", "s1")


def test_a_group_is_reported_once():
    """Four with the same idea are one group, whoever is nearest to whom; other groups are others."""
    near = CLASS[3].replace("step5 = ", "step5 = 2 + ")
    found = alike("scaler", STUB, answers(*CLASS, CLASS[3], near, renamed(near), CLASS[7]))
    assert sorted(group.students for group in found) == [("s20", "s21", "s22", "s3"), ("s23", "s7")]


def test_the_most_striking_is_the_first():
    """The longer what is shared, the rarer it is."""
    long = code(99, lines=15)
    first, second = alike("scaler", STUB, answers(*CLASS, CLASS[3], long, long))
    assert (set(first.students), set(second.students)) == ({"s21", "s22"}, {"s20", "s3"})


def test_a_team_may_hand_in_the_same_thing():
    """Answers of one author are not alike; with another author's they are, and both are named."""
    copy = renamed(CLASS[3])
    assert alike("scaler", STUB, answers(*CLASS, copy, s3="team", s20="team")) == []
    (group,) = alike("scaler", STUB, answers(*CLASS, copy, copy, s3="team", s20="team"))
    assert group.students == ("s20", "s21", "s3")
    assert {answer.author for answer in group.shown} == {"team", "s21"}


def test_a_teams_answer_is_one_answer():
    """Who wrote a line twice for both members has not made it more common."""
    teams = answers(*CLASS, CLASS[3], CLASS[3], s3="team", s20="team")
    (group,) = alike("scaler", STUB, teams)
    assert group.bits == pytest.approx(6 * math.log2(41 / 2) + math.log2(41 / 21))


def test_the_order_of_the_class_makes_no_difference():
    """The same groups, with the same pair shown, to the last bit."""
    whole = answers(*CLASS, CLASS[3], renamed(CLASS[7]), CLASS[7])
    shuffled = random.Random(1).sample(whole, len(whole))  # noqa: S311  # nothing secret
    assert alike("scaler", STUB, whole) == alike("scaler", STUB, shuffled)


def test_pieces_of_a_class_are_compared_with_each_other(monkeypatch):
    """It makes no difference how many are compared at a time; each step reports the progress."""
    whole = answers(*CLASS, CLASS[3], renamed(CLASS[7]))
    expected = alike("scaler", STUB, whole)
    monkeypatch.setattr(similarity, "CHUNK", 3)
    reported = []
    assert alike("scaler", STUB, whole, lambda *step: reported.append(step)) == expected
    assert len(expected) == 2
    assert reported[0] == (3, 20)
    assert reported[-1] == (20, 20)


@pytest.mark.parametrize("cell", ["dropout", "l2regularization"])
def test_right_solutions_written_in_other_ways_are_not_alike(assignment, cell):
    """None of the assignment's variants are alike, although one author wrote them all."""
    written = [Answer(v.name, v.source, v.name) for v in variants(assignment) if v.grade_id == cell]
    assert len(written) > 20
    assert alike(cell, assignment.stubs[cell], written) == []


@pytest.mark.unmeasured
def test_a_class_of_2000_is_compared():
    """A thousand different answers, a hundred copies, and a textbook's by all others."""
    own = [code(seed) for seed in range(1000)]
    copies = [renamed(text) for text in own[:100]]
    found = alike("scaler", STUB, answers(*own, *copies, *[code(5000)] * 900))
    assert len(found) == 100
    assert all(len(group.students) == 2 for group in found)
    assert all(group.bits > RARE for group in found)


def test_nobody_is_alike():
    """A class without answers has no groups."""
    assert alike("scaler", STUB, []) == []
