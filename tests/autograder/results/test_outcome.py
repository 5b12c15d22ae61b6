"""Outcomes and points: the share of properties that hold, 0 without an essential one."""

import itertools
import json
from dataclasses import asdict, replace
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.results.criterion import Criterion
from autograder.results.figure import Figure
from autograder.results.outcome import (
    Diagnosis,
    ItemResult,
    Outcome,
    PropertyResult,
    merge,
    with_few_figures,
)

P, F, N = Outcome.PASSED, Outcome.FAILED, Outcome.NOT_RUN


def item(points, *outcomes, essential=()):
    return ItemResult(
        "test_item",
        points,
        tuple(
            PropertyResult(f"test_{n}", "It holds.", outcome, essential=n in essential)
            for n, outcome in enumerate(outcomes)
        ),
    )


@pytest.mark.parametrize(
    ("points", "outcomes", "earned"),
    [
        (1.0, [P], 1.0),
        (1.0, [F], 0.0),
        (1.0, [P, F], 0.5),
        (1.0, [P, P, F], 0.66),  # rounded down
        (1.0, [P, F, F], 0.33),
        (0.5, [P, P, P, P, P, P, F], 0.42),
        (1.0, [P] * 999 + [F], 0.99),  # never rounded up to the whole
        (0.1, [P, P, P], 0.1),
        (0.125, [P, P], 0.125),
        (0.7, [P] * 9, 0.7),  # the whole is the whole, to the last bit
        (0.58, [P, F], 0.29),  # and a share of whole hundredths is no hundredth less
        (1.14, [F, P], 0.57),
        (3, [P, F, F, F], 0.75),
        (0.0, [P, F], 0.0),
    ],
)
def test_points_are_the_share_of_properties_that_hold(points, outcomes, earned):
    """Points are shared evenly, rounded down to hundredths, and full only if all hold."""
    assert item(points, *outcomes).points == earned


@given(st.integers(1, 1000), st.integers(0, 30), st.integers(0, 30))
def test_a_share_is_rounded_down_to_hundredths(hundredths, passed, failed):
    """For any number of hundredths and properties, the share is exact or rounded down."""
    if passed + failed == 0:
        return
    points = hundredths / 100
    earned = item(points, *[P] * passed, *[F] * failed).points
    share = floor(Fraction(hundredths * passed, passed + failed))
    assert earned == (points if failed == 0 else share / 100)


@pytest.mark.parametrize(
    ("outcomes", "earned"),
    [([F, P, P], 0.0), ([P, F, P], 0.66), ([P, P, P], 1.0), ([F, F, F], 0.0)],
)
def test_nothing_is_earned_without_an_essential_property(outcomes, earned):
    """An item whose essential property, here the first, fails scores 0."""
    assert item(1.0, *outcomes, essential={0}).points == earned


def test_each_of_several_essential_properties_is_needed():
    """All essential properties must hold."""
    assert item(1.0, P, F, P, essential={0, 1}).points == 0.0


@pytest.mark.parametrize("outcomes", [[N], [N, P], [N, F], [P, F, N]])
def test_a_property_that_did_not_run_holds_the_grade_back(outcomes):
    """If the points depend on a fault of ours, there are none yet."""
    assert item(1.0, *outcomes, essential={0}).points is None


def test_an_essential_failure_is_scored_whatever_did_not_run():
    """After an essential failure the item scores 0, even if other properties did not run."""
    assert item(1.0, F, N, P, essential={0}).points == 0.0
    assert item(1.0, F, N, essential={0, 1}).points == 0.0


def test_an_item_without_properties_is_held_back():
    """A suite without results gives no grade."""
    assert item(1.0).points is None


@pytest.mark.parametrize("diagnosis", [(), (Diagnosis("a", "Do."), Diagnosis("b", "Do not."))])
def test_an_item_survives_json(diagnosis):
    """Properties, outcomes and diagnoses are read back as they were."""
    whole = ItemResult("test_item", 0.5, item(1, P, F, N, essential={1}).properties, diagnosis)
    again = ItemResult.from_dict(json.loads(json.dumps(asdict(whole))))
    assert again == whole
    assert all(isinstance(result.outcome, Outcome) for result in again.properties)


def test_points_do_not_depend_on_a_diagnosis():
    """A diagnosis does not change the points."""
    share = item(1.0, P, P, F).properties
    assert ItemResult("test_item", 1.0, share, (Diagnosis("a", "Do."),)).points == 0.66


def test_the_properties_that_fail_are_known_by_name():
    """Properties that hold, or did not run, are not among them."""
    assert item(1.0, P, F, N, F).fails == ("test_1", "test_3")


def result(outcome, message="", *, essential=False):
    return PropertyResult("test_a", "It holds.", outcome, message, essential)


@pytest.mark.parametrize(
    ("outcomes", "merged"),
    [
        ([P], (P, "0")),
        ([P, P], (P, "0")),
        ([P, F, P], (F, "1")),
        ([F, F], (F, "0")),
        ([F, P, N, N], (F, "0")),
        ([N, F], (F, "1")),
        ([P, N, P, N], (N, "1")),
    ],
)
def test_the_worst_case_speaks_for_a_property(outcomes, merged):
    """The first case that failed decides, then the first that did not run."""
    found = merge(result(outcome, str(n)) for n, outcome in enumerate(outcomes))
    assert (found.outcome, found.message) == merged
    assert found.sentence == "It holds."


@pytest.mark.parametrize("outcomes", itertools.product([F, N], repeat=2))
def test_a_property_is_essential_if_one_of_its_cases_is(outcomes):
    """If one case is essential, the property is."""
    for marks in ((True, False), (False, True)):
        cases = [result(o, essential=m) for o, m in zip(outcomes, marks, strict=True)]
        assert merge(cases).essential
    assert not merge([result(outcomes[0]), result(outcomes[1])]).essential


def pictured(n, figures=1):
    figure = Figure("y", "", (2,), (0, 0), (f"{n} 0",))
    return replace(result(F, str(n)), figures=(figure,) * figures)


def test_a_figure_survives_json():
    """A property is read back with its figures; data of an earlier release has none."""
    whole = ItemResult("test_item", 1.0, (pictured(1), result(P)))
    data = json.loads(json.dumps(asdict(whole)))
    assert ItemResult.from_dict(data) == whole
    for each in data["properties"]:
        del each["figures"]
    assert not any(each.figures for each in ItemResult.from_dict(data).properties)


@pytest.mark.parametrize(
    ("figures", "kept"),
    [
        ([0, 1, 1, 1, 1], [1, 2]),
        ([0, 1, 1, 0, 2], [1, 4]),
        ([2, 2, 2], [0, 1]),
        ([0, 1, 0], [1]),
        ([0, 0], []),
    ],
)
def test_few_properties_of_an_item_have_figures(figures, kept):
    """The properties with the most figures keep them, so reports stay small."""
    results = [pictured(n, each) for n, each in enumerate(figures)]
    found = with_few_figures(results)
    assert [n for n, each in enumerate(found) if each.figures] == kept
    assert [replace(each, figures=()) for each in found] == [
        replace(each, figures=()) for each in results
    ]


def test_where_the_process_ended_the_item_is_worth_nothing():
    """This holds for any property, whatever else holds."""
    properties = item(1.0, P, F, P).properties
    assert ItemResult("test_item", 1.0, properties).points > 0
    ended = (properties[0], replace(properties[1], ended=True), properties[2])
    assert ItemResult("test_item", 1.0, ended).points == 0.0
    assert merge([replace(properties[1], ended=True), properties[1]]).ended


CRITERIA = (
    Criterion("drops", "It drops.", 60),
    Criterion("scales", "It scales.", 30),
    Criterion("keeps", "It keeps to itself.", 10, manners=True),
)


def judged(*results, points=1.0):
    """Return an item with these criteria; a result is a criterion's name and an outcome."""
    properties = tuple(
        PropertyResult(f"test_{n}", "It holds.", outcome, criterion=name)
        for n, (name, outcome) in enumerate(results)
    )
    return ItemResult("test_item", points, properties, criteria=CRITERIA)


WHOLE = [("drops", P), ("drops", P), ("scales", P), ("keeps", P)]


@pytest.mark.parametrize(
    ("results", "earned", "lost"),
    [
        (WHOLE, 1.0, ()),
        ([*WHOLE, ("drops", F)], 0.4, ("drops",)),
        ([*WHOLE, ("drops", F), ("drops", F)], 0.4, ("drops",)),
        ([*WHOLE, ("scales", F)], 0.7, ("scales",)),
        ([*WHOLE, ("keeps", F)], 0.9, ("keeps",)),
        ([*WHOLE, ("drops", F), ("scales", F)], 0.0, ("drops", "scales", "keeps")),
        ([*WHOLE, ("", F)], 0.0, ("drops", "scales", "keeps")),
    ],
)
def test_a_criterion_is_earned_wholly_if_all_its_properties_pass(results, earned, lost):
    """Otherwise it earns nothing; manners earn nothing without a criterion of substance."""
    found = judged(*results)
    assert found.points == earned
    assert found.lost == lost


@pytest.mark.parametrize(
    ("results", "earned"),
    [
        ([*WHOLE, ("scales", N)], None),
        ([*WHOLE, ("drops", N), ("drops", F)], 0.4),  # lost whatever the other would show
        ([("drops", F), ("scales", F), ("keeps", N)], 0.0),  # manners alone earn nothing
        ([("drops", P), ("scales", P)], None),  # nothing has judged "keeps"
        ([*WHOLE, ("", N)], None),
    ],
)
def test_what_did_not_run_holds_back_only_what_it_could_earn(results, earned):
    """The item is scored where what did not run cannot change its points."""
    assert judged(*results).points == earned


def test_a_criterion_that_is_scored_while_another_waits():
    """The rubric shows what each criterion earned, and which waits."""
    found = judged(*WHOLE, ("drops", F), ("scales", N), points=0.5)
    assert [(r.criterion.name, r.outcome, r.points, r.max_points) for r in found.rubric] == [
        ("drops", F, 0.0, 0.3),
        ("scales", N, None, 0.15),
        ("keeps", P, None, 0.05),  # counts only if "scales" does
    ]
    assert found.points is None


def test_an_essential_property_gates_the_whole_item():
    """Then no criterion earns anything, and the item names that property."""
    found = judged(*WHOLE)
    gate = PropertyResult("test_gate", "It drops.", F, essential=True, criterion="drops")
    gated = replace(found, properties=(*found.properties, gate))
    assert gated.points == 0.0
    assert gated.lost == ("drops", "scales", "keeps")
    assert gated.gates == (gate,)


def test_a_rubric_survives_json():
    """The criteria are read back; an earlier release's data has none."""
    whole = judged(*WHOLE, ("scales", F))
    data = json.loads(json.dumps(asdict(whole)))
    assert ItemResult.from_dict(data) == whole
    del data["criteria"]
    for each in data["properties"]:
        del each["criterion"]
    assert ItemResult.from_dict(data).rubric == []


NOT_REACHED = "not run, after an earlier failure: the code did not return"


def test_the_evidence_of_a_criterion_is_what_did_not_pass():
    """Failed properties come first, and of these the ones that the named mistake breaks."""
    whole = judged(*WHOLE, ("drops", N), ("drops", F), ("drops", F), ("scales", F))
    assert [r.name for r in whole.rubric[0].evidence] == ["test_5", "test_6", "test_4"]
    named = replace(whole, diagnosis=(Diagnosis("a", "Do.", ("test_6", "test_9")),))
    assert named.broken == {"test_6", "test_9"}
    assert [r.name for r in named.rubric[0].evidence] == ["test_6", "test_5", "test_4"]
    assert [r.name for r in named.rubric[1].evidence] == ["test_7"]
    assert named.rubric[2].evidence == ()


def test_what_counts_for_all_criteria_is_evidence_for_none():
    """It is shown once, for the item."""
    assert judged(*WHOLE, ("", F)).rubric[0].evidence == ()


def test_what_came_after_the_end_of_the_code_is_shown_as_not_run():
    """It counts as failed; so a criterion that has only such properties is shown as not run."""
    first = PropertyResult("test_x", "It drops.", F, "no answer", ended=True, criterion="drops")
    later = replace(first, name="test_y", message=NOT_REACHED)
    elsewhere = replace(later, criterion="scales")
    whole = replace(judged(("keeps", P)), properties=(later, first, elsewhere))
    assert [r.shown_as for r in whole.properties] == [N, F, N]
    assert [r.shown_as for r in whole.rubric] == [F, N, N]  # nothing has judged "keeps"
    assert [r.outcome for r in whole.rubric] == [F, F, N]
    assert [r.name for r in whole.rubric[0].evidence] == ["test_x", "test_y"]
    assert replace(later, ended=False).shown_as is F  # a student's own text


def test_a_diagnosis_survives_json():
    """An earlier release's data does not have the properties that the mistake breaks."""
    whole = replace(judged(*WHOLE), diagnosis=(Diagnosis("a", "Do.", ("test_1",)),))
    data = json.loads(json.dumps(asdict(whole)))
    assert ItemResult.from_dict(data) == whole
    del data["diagnosis"][0]["breaks"]
    assert ItemResult.from_dict(data).diagnosis == (Diagnosis("a", "Do."),)
