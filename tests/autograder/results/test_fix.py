"""What to fix: each cause once, with all that it costs, the dearest first."""

from autograder.results.criterion import Criterion
from autograder.results.figure import Figure
from autograder.results.fix import fixes
from autograder.results.outcome import Diagnosis, ItemResult, Outcome, PropertyResult

CRITERIA = (
    Criterion("drops", "It drops.", 60),
    Criterion("scales", "It scales.", 30),
    Criterion("keeps", "It keeps to itself.", 10, manners=True),
)
FIGURE = Figure("y", "✗ not right", (1, 1), (0, 0), ("1!",))


def result(name, criterion="", message="", **more):
    outcome = Outcome.FAILED if message else Outcome.PASSED
    return PropertyResult(name, f"{name} holds.", outcome, message, criterion=criterion, **more)


def item(*properties, name="test_one", diagnosis=(), criteria=CRITERIA, points=1.0):
    return ItemResult(name, points, properties, tuple(diagnosis), criteria)


def told(*items):
    return [
        (
            fix.mistake,
            fix.points,
            [(c.item.name, c.criterion and c.criterion.criterion.name) for c in fix.costs],
            [one.name for one in fix.evidence],
        )
        for fix in fixes(items)
    ]


RIGHT = [result("a", "drops"), result("b", "scales"), result("c", "keeps")]


def test_full_marks_leave_nothing_to_fix():
    """Neither does an item that was not run: the grader must mend that."""
    broken = PropertyResult("a", "A.", Outcome.NOT_RUN, "KeyError", criterion="drops")
    assert fixes([item(*RIGHT), item(broken, *RIGHT[1:], name="test_two")]) == []


def test_a_known_mistake_is_one_cause_in_all_items():
    """It lists the criteria that it costs in each, and the properties that show it."""
    bias = Diagnosis("bias_too", "Leave the bias out.", ("a", "b"))
    both = [result("a", "drops", "x is wrong"), result("b", "scales", "y is wrong"), RIGHT[2]]
    one, two = (
        item(*both, name=name, diagnosis=[bias], points=points)
        for name, points in (("test_one", 1.0), ("test_two", 0.5))
    )
    costs = [(name, c) for name in ("test_one", "test_two") for c in ("drops", "scales", "keeps")]
    assert told(one, two) == [("bias_too", 1.5, costs, ["a", "b", "a", "b"])]
    assert fixes([one])[0].advice == "Leave the bias out."


def test_the_dearest_comes_first():
    """Causes are ordered by the points that they cost."""
    cheap = item(RIGHT[0], result("b", "scales", "y is wrong"), RIGHT[2])
    dear = item(result("a", "drops", "x is wrong"), *RIGHT[1:], name="test_two")
    assert told(cheap, dear) == [
        ("", 0.6, [("test_two", "drops")], ["a"]),
        ("", 0.3, [("test_one", "scales")], ["b"]),
    ]


def test_one_message_is_one_cause():
    """The page names the cause of several failures once if their error is the same."""
    error = "KeyError: 'weights' (line 3)"
    lost = item(result("a", "drops", error), result("b", "scales", error), RIGHT[2])
    [fix] = fixes([lost])
    assert [one.name for one in fix.evidence] == ["a", "b"]
    assert fix.points == 1.0  # without substance, manners earn nothing


def test_what_a_known_mistake_explains_has_no_other_cause():
    """A failure beside it in the same criterion is no second thing to fix; another one is."""
    known = Diagnosis("inverted", "Turn it round.", ("a",))
    lost = item(
        result("a", "drops", "97% dropped"),
        result("a2", "drops", "98% dropped"),
        RIGHT[1],
        result("c", "keeps", "x has changed"),
        diagnosis=[known],
    )
    assert told(lost) == [
        ("inverted", 0.6, [("test_one", "drops")], ["a"]),
        ("", 0.1, [("test_one", "keeps")], ["c"]),
    ]


def test_two_mistakes_may_cost_the_same_criterion():
    """Each says so: the criterion is earned when both are fixed."""
    two = [Diagnosis(name, f"Fix {name}.", breaks) for name, breaks in (("m", "a"), ("n", "ab"))]
    lost = item(result("a", "drops", "x"), result("b", "scales", "y"), RIGHT[2], diagnosis=two)
    assert [(fix.mistake, [c.criterion.criterion.name for c in fix.costs]) for fix in fixes([lost])] == [
        ("n", ["drops", "scales"]),
        ("m", ["drops", "keeps"]),
    ]  # fmt: skip


def test_a_gate_costs_the_whole_item():
    """What fails beside it is not the cause."""
    gate = result("gate", "drops", "nothing is dropped", essential=True)
    lost = item(gate, result("b", "scales", "y is wrong"), RIGHT[2])
    costs = [("test_one", name) for name in ("drops", "scales", "keeps")]
    assert told(lost) == [("", 1.0, costs, ["gate"])]


def test_the_first_property_of_the_suite_is_the_evidence():
    """A gate goes before it; then the criteria's order counts."""
    lost = item(
        result("b", "scales", "m"),
        result("a", "drops", "m"),
        result("a2", "drops", "m", figures=(FIGURE,)),
        RIGHT[2],
    )
    [fix] = fixes([lost])
    assert [one.name for one in fix.evidence] == ["a", "a2", "b"]
    gate = result("gate", "scales", "m", essential=True)
    [fix] = fixes([item(result("a", "drops", "m"), gate, RIGHT[2])])
    assert [one.name for one in fix.evidence] == ["gate", "a"]


def test_failures_of_one_criterion_have_one_cause():
    """So the costs add up to what was lost, however many tests fail."""
    lost = item(
        result("a", "drops", "97% dropped"),
        result("a2", "drops", "no chance"),
        result("b", "scales", "y is wrong"),
        RIGHT[2],
    )
    assert told(lost) == [
        ("", 0.7, [("test_one", "drops"), ("test_one", "keeps")], ["a", "a2"]),
        ("", 0.3, [("test_one", "scales")], ["b"]),
    ]


def test_the_same_error_in_other_lines_is_one_cause():
    """The page names a misspelt name once, even if several items use it."""
    one, two = (
        item(
            result("a", "drops", f"AttributeError: 'L2' has no 'coeff' (line {n} of its cell, in L2.{m}) [L2.{m}]"),
            *RIGHT[1:],
            name=f"test_{m}",
        )
        for n, m in ((3, "penalty"), (9, "backward"))
    )  # fmt: skip
    [fix] = fixes([one, two])
    assert fix.message.startswith("AttributeError")
    assert [cost.item.name for cost in fix.costs] == ["test_penalty", "test_backward"]
    other = item(result("a", "drops", "y=3 is not right [f]"), *RIGHT[1:], name="test_three")
    assert len(fixes([one, other])) == 2


def test_the_same_error_of_other_sizes_is_one_cause():
    """The sizes in an error's text differ from test to test; those in a suite's own words count."""

    def found(text):
        words = [text.format(6, 60), text.format(4, 30)]
        return fixes([item(*map(result, "ab", ("drops", "scales"), words), RIGHT[2])])

    [fix] = found(
        "ValueError: size {} is different from {} (line 4 of its cell, in L2.backward) [L2]"
    )
    assert fix.points == 1.0
    assert len(found("{} of {} are dropped [L2]")) == 2


def test_a_gate_that_a_known_mistake_explains_is_no_cause_of_its_own():
    """Another gate of the item fails with it."""
    gates = [
        result(n, c, f"{n} failed", essential=True) for n, c in (("a", "drops"), ("b", "scales"))
    ]
    known = Diagnosis("parentheses", "Set them.", ("a",))
    lost = item(*gates, RIGHT[2], diagnosis=[known])
    costs = [("test_one", name) for name in ("drops", "scales", "keeps")]
    assert told(lost) == [("parentheses", 1.0, costs, ["a"])]


def test_without_criteria_each_cause_has_its_share():
    """By the number of properties that it explains."""
    lost = item(
        result("a", message="x"), result("b", message="x"), result("c", message="y"), result("d"),
        criteria=(), points=2.0,
    )  # fmt: skip
    assert told(lost) == [
        ("", 1.0, [("test_one", None)], ["a", "b"]),
        ("", 0.5, [("test_one", None)], ["c"]),
    ]
