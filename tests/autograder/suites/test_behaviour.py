"""Behaviour: facts distinguish solutions, and depend on the solution alone."""

import pytest

from autograder.course.submission import Submission
from autograder.suites.behaviour import SEED, observe
from autograder.suites.context import Grading
from autograder.suites.suite import run_suites
from tests.autograder.support.tiny import (
    HEADER,
    IDENTITY,
    IN_PLACE,
    OBSERVATIONS,
    RIGHT,
    THREE,
    add_item,
    handed_in,
    make_course,
)

pytestmark = pytest.mark.usefixtures("fresh_suites")
START = "import numpy as np\nimport pytest\n\nfrom autograder.kit import expect\n\n\n"
OUTPUT = (
    "def observe_output(submission, rng):\n    return submission.Scaler(3)(rng.normal(size=3))\n"
)


def given_to(assignment, answer, worker_seed=0):
    submission = Submission.from_notebook(handed_in(assignment, answer))
    return Grading(submission, SEED, assignment=assignment, worker_seed=worker_seed)


@pytest.fixture
def observed(tmp_path):
    """A function that returns the facts of an answer, and what broke."""

    def run(answer, suite, worker_seed=0, **limits):
        root = tmp_path / str(len([*tmp_path.iterdir()]))  # a suite is loaded once from a place
        assignment = make_course(root, suites={"test_scaler.py": START + suite}, **limits)
        grading = given_to(assignment, answer, worker_seed)
        facts, faults = observe(assignment, grading, assignment.items)
        return facts["test_scaler"], faults

    return run


@pytest.mark.parametrize(
    ("answer", "differing"),
    [
        (f"{HEADER}        return self.factor * x", set()),
        (IDENTITY, {"output"}),
        (IN_PLACE, {"input_stays"}),
        (THREE, {"default_factor"}),
    ],
    ids=["another right one", "identity", "in place", "three"],
)
def test_facts_differ_where_solutions_do(observed, answer, differing):
    """A wrong solution differs from a right one only in the facts of its mistake."""
    right, _ = observed(RIGHT, OBSERVATIONS)
    facts, faults = observed(answer, OBSERVATIONS)
    assert {name for name in right if facts[name] != right[name]} == differing
    assert facts.keys() == right.keys() == {"output", "default_factor", "input_stays"}
    assert faults == []


@pytest.mark.parametrize(
    ("value", "fact"),
    [
        ("0.123456", "0.1235"),
        ("np.float64(1e-7) / 3", "3.333e-08"),
        ("-0.0", "0"),
        ("float('nan')", "nan"),
        ("12345", "12345"),
        ("np.int64(3)", "3"),
        ("True", "True"),
        ("np.array([1, 2]).all()", "True"),
        ("None", "None"),
        ("'x, as it is'", "x, as it is"),
        ("(1, 2.0, [])", "(1, 2, ())"),
        ("{'a': 1.0, 'b': [True, None]}", "a: 1, b: (True, None)"),
        ("np.array(2.5)", "(2.5)"),
        ("np.array([[1.0, -2.0], [3.0, 4.0]])", "(1, -2, 3, 4)"),
        ("np.array([2.0, 1.9e-4, -1.9e-4, 2.1e-4])", "(2, 0, 0, 0.00021)"),
        ("np.array([2e-9, 1e-9, 1e-15])", "(2e-09, 1e-09, 0)"),
        ("np.array([True, False])", "(1, 0)"),
        ("np.zeros(2)", "(0, 0)"),
        ("np.zeros((0, 2))", "()"),
        ("np.array([1.0, np.nan, -np.inf, 1e-9])", "(1, nan, -inf, 0)"),
        ("np.array([np.nan, np.inf])", "(nan, inf)"),
        ("np.arange(10.0, 51.0)", "(10, 11, 12, 13, 1230)"),
    ],
)
def test_each_kind_of_value_is_told_as_text(observed, value, fact):
    """Numbers have four digits; relatively tiny ones are 0; large arrays are short."""
    facts, faults = observed(RIGHT, f"def observe_value():\n    return {value}\n")
    assert facts == {"value": fact}
    assert faults == []


def test_an_array_is_told_in_full_up_to_40_elements(observed):
    """The fact of a larger array has its first numbers and the sum."""
    suite = "def observe_value():\n    return [np.ones(40), np.ones(41)]\n"
    [told] = observed(RIGHT, suite)[0].values()
    assert told == f"(({', '.join('1' * 40)}), (1, 1, 1, 1, 41))"


@pytest.mark.parametrize(
    ("body", "fact"),
    [
        ("raise KeyError(object())", "fails: KeyError: <object object>"),
        ("x[9]", "fails: IndexError: index # is out of bounds for axis # with size #"),
        ("self.Factor", "fails: AttributeError: # object has no attribute #"),
        ("raise ValueError('no [x: y]')", "fails: ValueError: no"),
        ("raise NotImplementedError('not yet')", "fails: NotImplementedError"),
        ("raise NotImplementedError", "fails: NotImplementedError"),
        ("assert False, 'mine'", "fails: AssertionError: mine"),
        ("import os; os._exit(1)", "fails: the process ended"),
        ("while True: pass", "fails: the process ended"),
    ],
)
def test_what_goes_wrong_is_a_fact(observed, body, fact):
    """The fact of an exception has its type and text, without names and numbers."""
    facts, faults = observed(f"{HEADER}        {body}", OUTPUT, call_seconds=0.3)
    assert facts == {"output": fact}
    assert faults == []


def test_a_plain_value_where_an_object_should_be_is_a_fact(observed):
    """As in properties, it is the student's fault, and the operator gets no message."""
    facts, faults = observed("Scaler = 3", OUTPUT)
    assert facts == {"output": "fails: 'int' object is not callable"}
    assert faults == []


def test_after_its_end_a_process_is_still_ended(observed):
    """Each observation after the worker's end has the same fact."""
    facts, _ = observed(f"{HEADER}        import os; os._exit(1)", OBSERVATIONS)
    assert facts == {
        "output": "fails: the process ended",
        "default_factor": "fails: the process ended",
        "input_stays": "fails: the process ended",
    }


@pytest.mark.parametrize(
    ("check", "fact"),
    [
        (
            "expect.array(submission.Scaler(3)(1.5), (2,), 'output', 'Scaler(3)')",
            "fails: output is a float, but should be a NumPy array of shape (2,)",
        ),
        ("pytest.fail('it is wrong [here]')", "fails: it is wrong"),
    ],
    ids=["expect", "fail"],
)
def test_what_is_not_as_expected_is_told_without_its_place(observed, check, fact):
    """The fact is the sentence of `expect`, without the place in brackets."""
    facts, faults = observed(RIGHT, f"def observe_it(submission):\n    {check}\n")
    assert facts == {"it": fact}
    assert faults == []


def test_cases_are_observed_one_by_one(observed):
    """A parametrised observation has a fact for each of its cases."""
    suite = (
        "@pytest.mark.parametrize('factor', [2, 0.5])\n"
        "def observe_output(submission, factor):\n    return submission.Scaler(factor)(3)\n"
    )
    facts, _ = observed(RIGHT, suite)
    assert facts == {"output[2]": "6", "output[0.5]": "1.5"}


def test_parts_are_facts_of_their_own(observed):
    """An error in one part leaves the facts of the others."""
    suite = (
        "from autograder.kit import Parts\n\n\n"
        "def observe_outputs(submission):\n"
        "    scaler = submission.Scaler(2)\n"
        "    return Parts(number=lambda: scaler(3), text=lambda: scaler([None]))\n"
    )
    answer = f"{HEADER}        return x + 1"
    facts, faults = observed(answer, suite)
    assert facts == {
        "outputs number": "4",
        "outputs text": "fails: TypeError: can only concatenate list (not #) to list",
    }
    assert faults == []


@pytest.mark.parametrize(
    "bug",
    [
        "def observe_bug():\n    {}['key']\n",
        "@pytest.fixture\ndef broken():\n    {}['key']\n\n\ndef observe_bug(broken):\n    return 1\n",
        "@pytest.fixture\ndef broken():\n    yield\n    {}['key']\n\n\ndef observe_bug(broken):\n    return 1\n",
    ],
    ids=["observation", "before it", "after it"],
)
def test_a_bug_in_an_observation_leaves_no_facts(observed, bug):
    """An item with a broken observation has no facts, and the operator gets its name."""
    facts, [fault] = observed(RIGHT, OUTPUT + "\n\n" + bug)
    assert facts == {}
    assert "test_scaler.py::observe_bug: KeyError: 'key'" in fault


def test_a_suite_that_does_not_load_has_no_facts(observed):
    """The fault names the suite."""
    facts, [fault] = observed(RIGHT, "x = (1")
    assert facts == {}
    assert "test_scaler.py" in fault


def test_a_bug_costs_its_own_item_alone(tiny):
    """The facts of other items stay."""
    suite = "def test_it(submission):\n    pass\n\n\ndef observe_it(submission):\n    "
    first = add_item(tiny, "broken", RIGHT, RIGHT, f"{suite}{{}}['key']\n")
    both = add_item(first, "sound", RIGHT, RIGHT, f"{suite}return 1\n")
    facts, faults = observe(both, given_to(both, RIGHT), both.items)
    assert facts == {"test_scaler": {}, "test_broken": {}, "test_sound": {"it": "1"}}
    assert len(faults) == 1


@pytest.mark.parametrize(
    ("answer", "first", "workers"),
    [
        (RIGHT, "2", ["test_scaler"]),
        (
            f"{HEADER}        __import__('os')._exit(0)\n",
            "fails: the process ended",
            ["test_scaler", "test_other"],
        ),
    ],
)
def test_items_are_observed_in_one_worker_as_long_as_it_lives(tmp_path, answer, first, workers):
    """An answer that ends the process does not affect the items after it."""
    suite = "def observe_it(submission):\n    return submission.{}\n"
    one = make_course(tmp_path, suites={"test_scaler.py": suite.format("Scaler(2)(1.0)")})
    both = add_item(one, "other", "X = 1", "X = 1", suite.format("X"))
    grading = given_to(both, answer)
    facts, faults = observe(both, grading, both.items)
    assert facts == {"test_scaler": {"it": first}, "test_other": {"it": "1"}}
    assert (faults, grading.first) == ([], workers)


def test_only_the_items_asked_for_are_observed(tiny):
    """Other items have no facts."""
    both = add_item(tiny, "other", RIGHT, RIGHT, "def observe_it():\n    return 1\n")
    assert observe(both, given_to(both, RIGHT), both.items[1:]) == ({"test_other": {"it": "1"}}, [])


BOTH = (
    "def test_it(submission):\n    {}['test']\n\n\ndef observe_it(submission):\n    {}['observe']\n"
)


def test_properties_are_not_observed(observed):
    """Functions named `test_` are not called."""
    _, [fault] = observed(RIGHT, BOTH)
    assert "KeyError: 'observe'" in fault


def test_observations_are_no_properties(tmp_path):
    """Functions named `observe_` do not count for points."""
    assignment = make_course(tmp_path, suites={"test_scaler.py": BOTH})
    ran = run_suites(assignment, given_to(assignment, RIGHT))
    [item] = ran.items
    assert [result.name for result in item.properties] == ["test_it"]
    [fault] = ran.faults
    assert "KeyError: 'test'" in fault


def test_all_are_observed_on_the_same_numbers(observed):
    """All submissions have the same inputs, for any chance and besides other observations."""
    inputs = "def observe_inputs(submission, rng):\n    return rng.normal(size=3)\n"
    facts = [
        observed(answer, suite, chance)[0]["inputs"]
        for answer, suite, chance in [
            (RIGHT, inputs, 0),
            (RIGHT, inputs, 1),
            (IDENTITY, inputs, 0),
            (RIGHT, f"{OUTPUT}\n\n{inputs}", 0),
        ]
    ]
    assert len(set(facts)) == 1


def test_facts_may_leave_out_what_a_solution_draws(observed):
    """With other random numbers of a solution, only facts that show them differ."""
    draws = f"{HEADER}        import numpy as np\n        return x * np.random.random(x.shape)"
    suite = (
        "def observe_drawn(submission):\n    return submission.Scaler(2)(np.ones(3))\n\n\n"
        "def observe_range(submission):\n    y = submission.Scaler(2)(np.ones(3))\n"
        "    return ((y >= 0) & (y < 1)).all()\n"
    )
    (first, _), (again, _), (other, _) = (observed(draws, suite, seed) for seed in (0, 0, 1))
    assert first == again
    assert first["drawn"] != other["drawn"]
    assert first["range"] == other["range"] == "True"
