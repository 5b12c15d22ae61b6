"""Whether the system's own limits leave student code what the assignment allows it."""

import resource

import pytest

from autograder.course.assignment import AssignmentError
from autograder.course.limits import Limits
from autograder.course.ulimits import check_ulimits


@pytest.mark.parametrize(
    ("kind", "most", "message"),
    [
        (
            "RLIMIT_AS",
            500 * 2**20,
            r"`ulimit -H -v` must be at least 1048576 .*, got 512000: raise",
        ),
        ("RLIMIT_FSIZE", 0, r"`ulimit -H -f` must be at least 1024 .*, got 0: raise"),
        ("RLIMIT_NOFILE", 20, r"`ulimit -H -n` must be at least 64 .*, got 20: raise"),
        ("RLIMIT_CPU", 30, r"`ulimit -H -t` must be at least 61 .*, got 30: raise"),
    ],
)
def test_a_limit_of_the_system_that_is_too_low_is_named(monkeypatch, kind, most, message):
    """With the option that shows it, what is needed, and what there is."""
    own = resource.getrlimit

    def lower(number):
        return (most, most) if number == getattr(resource, kind) else own(number)

    check_ulimits(Limits())
    monkeypatch.setattr(resource, "getrlimit", lower)
    with pytest.raises(AssignmentError, match=message):
        check_ulimits(Limits())


def test_a_manifest_that_asks_for_less_needs_less(monkeypatch):
    """A limit that the manifest sets itself is no lack."""
    monkeypatch.setattr(resource, "getrlimit", lambda _: (600 * 2**20, 600 * 2**20))
    check_ulimits(Limits(memory_mb=512, submission_seconds=1.0))
