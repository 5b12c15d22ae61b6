"""Properties with each outcome, and a report of them."""

from autograder.results.criterion import Criterion
from autograder.results.outcome import Diagnosis, ItemResult, Outcome, PropertyResult
from autograder.results.report import Report, Status

PASSED = PropertyResult("test_a", "It scales.", Outcome.PASSED)
FAILED = PropertyResult("test_b", "It keeps x.", Outcome.FAILED, "x has been changed [Scaler]")
BROKEN = PropertyResult("test_c", "It is fast.", Outcome.NOT_RUN, "KeyError: 'secret'")
GATE = PropertyResult("test_d", "It works.", Outcome.FAILED, "it does not [Scaler]", essential=True)


def report(*properties, status=Status.GRADED, remarks=(), points=2.0, advice=()):
    diagnosis = tuple(Diagnosis("a_mutant", text) for text in advice)
    items = (
        ItemResult("test_other", 1.0, (PASSED,)),
        ItemResult("test_item", points, properties, diagnosis),
    )
    return Report(status, items, tuple(remarks), seed=2**47 + 1, version="abc")


CRITERIA = (
    Criterion("scales", "It scales x.", 60),
    Criterion("adds", "It adds up.", 30),
    Criterion("keeps", "It keeps to itself.", 10, manners=True),
)


def judged(*results, diagnosis=(), points=2.0, name="test_item", **texts):
    """Return an item with a rubric, from results as `property_of` returns them."""
    return ItemResult(name, points, results, diagnosis, CRITERIA, **texts)


def property_of(criterion, outcome=Outcome.PASSED, name="a", **more):
    """Return a property of a criterion; its sentence has the criterion's and its own name."""
    message = f"{criterion} {name} is wrong" if outcome is Outcome.FAILED else ""
    known = {"message": message, "criterion": criterion, **more}
    return PropertyResult(f"test_{criterion}_{name}", f"{criterion}: {name}.", outcome, **known)
