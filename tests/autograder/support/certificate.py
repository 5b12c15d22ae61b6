"""A made-up certificate, and the mistakes in it."""

from typing import Any

from autograder.course.certificate import Certificate, Mistake
from autograder.results.outcome import Facts


def mistake(name: str, *, advice: str = "Mend it.", **items: Facts) -> Mistake:
    """Return a mistake that shows these facts, is named as itself, and fails one property."""
    names = tuple(items)
    return Mistake(
        name,
        advice,
        loses=dict.fromkeys(names, ("drops",)),
        costs=dict.fromkeys(names, 0.6),
        fails=dict.fromkeys(names, ("test_a",)),
        behaviour=items,
        named=dict.fromkeys(names, (name,)),
    )


def certificate(*mistakes: Mistake, **known: Any) -> Certificate:
    """Return the certificate of one item with two properties."""
    usual: dict[str, Any] = {
        "version": "v",
        "outcomes": "o",
        "specimens": "s",
        "properties": {"test_one": ("test_a", "test_b")},
        "rubric": {"test_one": {"drops": 0.6, "scales": 0.4}},
        "reference": {"test_one": {"output": "1"}},
        "variants": (),
        "defects": (),
    }
    return Certificate(mistakes=mistakes, **{**usual, **known})
