"""The manifest: what it may set, and what is wrong with it, in one line."""

import pytest

from autograder.course.assignment import Assignment, AssignmentError
from autograder.course.limits import Limits
from tests.autograder.support.tiny import make_course

MANIFESTS = {
    "no TOML": ("forbidden = [", "must be valid TOML"),
    "unknown table": ("[limts]\ncall_seconds = 1", r"line 2: .*'limts' \(did you mean limits\?\)"),
    "unknown key": ("call_seconds = 1", "line 2: .* got 'call_seconds'"),
}
LIMITS = [
    ("cal_seconds", 3, r"line 4: .* some of \['call_seconds'.* \(did you mean call_seconds\?\)"),
    ("call_seconds", -1, "line 4: call_seconds must be a number above 0"),
    ("call_seconds", "0", "line 4: call_seconds must be a number above 0"),
    ("call_seconds", "nan", "call_seconds must be a number above 0"),
    ("call_seconds", "inf", "call_seconds must be a number above 0"),
    ("call_seconds", "true", "call_seconds must be a number"),
    ("call_seconds", '"5"', "call_seconds must be a number above 0 .* got '5'"),
    ("memory_mb", 255, "line 4: memory_mb must be a whole number of at least 256 .*, got 255"),
    ("memory_mb", 2**20 + 1, "line 4: memory_mb must be .* and at most 1048576, got 1048577"),
    ("memory_mb", 2.5, "memory_mb must be a whole number of at least 256"),
    ("memory_mb", 10**30, "memory_mb must be a whole number of at least 256 and at most"),
]


def test_limits_come_from_the_manifest(tmp_path):
    """What the manifest names is taken, and the rest is as usual."""
    limits = make_course(tmp_path, call_seconds=0.25, memory_mb=300).limits
    assert limits == Limits(call_seconds=0.25, memory_mb=300)
    assert limits.submission_seconds == Limits().submission_seconds


def test_a_course_without_a_manifest_has_the_usual_limits(tiny):
    """The manifest may be left out."""
    (tiny.hidden / "manifest.toml").unlink()
    assert tiny.limits == Limits()
    assert tiny.forbidden == ()


@pytest.mark.parametrize(("manifest", "reported"), MANIFESTS.values(), ids=MANIFESTS)
def test_a_faulty_manifest_is_an_error_with_its_line(tmp_path, manifest, reported):
    """An unknown key or table comes with what may have been meant."""
    assignment = make_course(tmp_path, manifest=manifest)
    with pytest.raises(AssignmentError, match=reported) as caught:
        assignment.check()
    assert "manifest.toml" in str(caught.value)


@pytest.mark.parametrize(("name", "value", "reported"), LIMITS)
def test_a_wrong_limit_is_an_error_with_its_line(tmp_path, name, value, reported):
    """A limit is a number above 0; neither a text, nor nan, nor more than any machine has."""
    assignment = make_course(tmp_path, **{name: value})
    with pytest.raises(AssignmentError, match=reported):
        assignment.check()


@pytest.mark.parametrize("forbidden", ['"torch"', "[1]", '["a b"]'])
def test_forbidden_libraries_are_a_list_of_names(tiny, forbidden):
    """A text alone would forbid its letters."""
    (tiny.hidden / "manifest.toml").write_text(
        f"[limits]\n\nforbidden = {forbidden}\n".replace("[limits]\n", "")
    )
    with pytest.raises(AssignmentError, match="line 2: forbidden must be a list of modules"):
        Assignment(tiny.root, "tiny").check()
