"""The defects that an audit finds, in words: a line each."""

from collections.abc import Container, Iterator

from autograder.course.certificate import Certificate
from autograder.course.specimen import Specimen
from autograder.results.outcome import Examination, ItemResult, Outcome
from autograder.suites.behaviour import FAILS

NAMED = 0.9  # the share of the mutants that must be named as what they are


def faults_in(*examinations: Examination) -> list[str]:
    """Return what broke on our side, each fault once."""
    return list(dict.fromkeys(fault for e in examinations for fault in e.faults))


def losses(who: str, items: list[ItemResult], loses: Container[str]) -> Iterator[str]:
    """Yield what is wrong with the points of a solution that may lose only some items."""
    for item in items:
        broken = [r.message for r in item.properties if r.outcome is Outcome.NOT_RUN]
        if broken or item.points is None:
            yield f"{who} is not judged in {item.name}: {[*broken, 'no property was run'][0]}"
        elif item.name in loses and item.points == item.max_points:
            yield f"{who} survives: it loses nothing in {item.name}"
        elif item.name not in loses and item.points != item.max_points:
            first = next(r for r in item.properties if r.outcome is Outcome.FAILED)
            yield f"{who} loses points in {item.name}: {first.name}: {first.message}"


def other_criteria(specimen: Specimen, items: list[ItemResult]) -> Iterator[str]:
    """Yield where a mutant loses other criteria than those that it names."""
    for item in items:
        named, lost = specimen.loses.get(item.name, frozenset()), item.lost
        if item.name not in specimen.loses or not lost or named == {*lost}:
            continue
        wanted = ", ".join(sorted(named)) or "criteria that it names"
        causes = [f"{r.name}: {r.message}" for r in item.properties if r.outcome is Outcome.FAILED]
        yield (
            f"mutant {specimen.name} must lose {wanted} in {item.name}, got {', '.join(lost)}: "
            f"{'; '.join(causes)}"
        )


def defects_of_suites(certificate: Certificate) -> Iterator[str]:
    """Yield what the suites and the mutants lack."""
    broken = {
        (item, name)
        for mistake in certificate.mistakes
        for item, names in mistake.fails.items()
        for name in names
    }
    for item, names in certificate.properties.items():
        for name in names:
            if (item, name) not in broken:
                yield f"no mutant breaks {item}: {name}"
    for item, facts in certificate.reference.items():
        for name, fact in facts.items():
            if fact.startswith(FAILS):
                yield f"the reference fails observe_{name} of {item}: {fact.removeprefix(FAILS)}"
    for mistake in certificate.mistakes:
        if not mistake.loses:
            yield f"mutant {mistake.name} names no item that it loses"
        if not mistake.advice:
            yield (
                f"mutant {mistake.name} has no advice for the student: write it as the second "
                "paragraph of its docstring"
            )
    unnamed = certificate.unnamed
    if len(certificate.mistakes) - len(unnamed) < NAMED * len(certificate.mistakes):
        yield (
            f"{len(unnamed)} of {len(certificate.mistakes)} mutants are not named as what they "
            f"are, more than {1 - NAMED:.0%}: write observe_... functions that see the difference "
            f"of {', '.join(unnamed)}, or give mutants that behave alike the same advice"
        )
