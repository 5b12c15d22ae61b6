"""Properties with each outcome, and a report of them."""

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
