"""The result of an audit of one version of an assignment's suites, kept as JSON in the course.

Grading reads it, too: a student's mistake is named by comparing it with the known mistakes.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path

from autograder.course.assignment import Assignment
from autograder.course.specimen import mutants, variants
from autograder.results.outcome import Facts
from autograder.results.points import added

Behaviour = dict[str, Facts]  # by the item's name


@dataclass(frozen=True)
class Mistake:
    """The audit's result for one mutant."""

    name: str
    advice: str  # shown to a student whose code behaves like this
    # the criteria that it loses, by item, in the notebook's order; none in an item without a rubric
    loses: dict[str, tuple[str, ...]]
    costs: dict[str, float]  # the points that it loses, by item
    fails: dict[str, tuple[str, ...]]  # the properties that fail, by item
    # the facts in which it differs from the reference, in the items that it loses
    behaviour: Behaviour
    named: dict[str, tuple[str, ...]]  # the mistakes that grading finds in it, by item


@dataclass(frozen=True)
class Certificate:
    """The result of an audit."""

    version: str  # the version of the assignment's suites
    outcomes: str  # what outcomes depend on, as a digest: not the rubric's weights
    specimens: str  # a digest of its mutants, variants and reference solution
    properties: dict[str, tuple[str, ...]]  # by item
    rubric: dict[str, dict[str, float]]  # by item and criterion: the points
    reference: Behaviour
    mistakes: tuple[Mistake, ...]
    variants: tuple[str, ...]  # the names of the other right solutions
    defects: tuple[str, ...]  # the faults of the suites or of a specimen, in words

    @property
    def redundant(self) -> list[str]:
        """The properties that no mutant needs to lose an item."""
        needed = {(item, name) for item, name, _ in self.lone_catches}
        return [
            f"{item}: {name}"
            for item, names in self.properties.items()
            for name in names
            if (item, name) not in needed
        ]

    @property
    def lone_catches(self) -> list[tuple[str, str, str]]:
        """Item, property and mutant wherever only this property of the item fails."""
        return [
            (item, names[0], mistake.name)
            for mistake in self.mistakes
            for item, names in mistake.fails.items()
            if len(names) == 1
        ]

    @property
    def unnamed(self) -> list[str]:
        """The mutants in which grading finds none, several, or one of other behaviour or advice."""
        known = {mistake.name: mistake for mistake in self.mistakes}
        return [
            mistake.name
            for mistake in self.mistakes
            if any(
                [(known[name].behaviour.get(item), known[name].advice) for name in names]
                != [(mistake.behaviour[item], mistake.advice)]
                for item, names in mistake.named.items()
            )
        ]

    def reweighed(self, assignment: Assignment) -> "Certificate | None":
        """Return what an audit would find now, if only weights, points and words have changed.

        None if outcomes may differ.
        """
        known = (assignment.outcomes_version, digest_of_specimens(assignment))
        if (self.outcomes, self.specimens) != known:
            return None
        shares = {item.name: item.shares for item in assignment.items}

        def cost(mistake: Mistake, item: str) -> float:
            lost = [shares[item][criterion] for criterion in mistake.loses[item]]
            return added(lost) if shares[item] else mistake.costs[item]

        return replace(
            self,
            version=assignment.suites_version,
            rubric=shares,
            mistakes=tuple(
                replace(mistake, costs={item: cost(mistake, item) for item in mistake.costs})
                for mistake in self.mistakes
            ),
        )

    def to_json(self) -> str:
        """Return the certificate as JSON, always in the same form."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Certificate":
        """Return the certificate of a text made by `to_json`."""
        data = json.loads(text)
        for name in ("variants", "defects"):
            data[name] = tuple(data[name])
        data["properties"] = _tuples(data["properties"])
        for mistake in data["mistakes"]:
            mistake |= {name: _tuples(mistake[name]) for name in ("loses", "fails", "named")}
        data["mistakes"] = tuple(Mistake(**mistake) for mistake in data["mistakes"])
        return cls(**data)


def _tuples(names: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {item: tuple(several) for item, several in names.items()}


def path_of(assignment: Assignment) -> Path:
    """Return the path of an assignment's certificate."""
    return assignment.root / "tests" / "certificates" / f"{assignment.origin.name}.json"


def digest_of_specimens(assignment: Assignment) -> str:
    """Return a digest of all solutions that an audit grades."""
    all_of_them = [*mutants(assignment), *variants(assignment)]
    texts = [
        (s.name, s.source, s.advice, sorted((item, sorted(c)) for item, c in s.loses.items()))
        for s in all_of_them
    ]
    everything = repr((texts, sorted(assignment.reference.items())))
    return hashlib.sha256(everything.encode()).hexdigest()[:16]


def certificate_of(assignment: Assignment) -> Certificate | None:
    """Return the certificate of an assignment's present version, if there is one."""
    certificate = latest_certificate(assignment)
    current = certificate and certificate.version == assignment.origin.suites_version
    return certificate if current else None


def latest_certificate(assignment: Assignment) -> Certificate | None:
    """Return the certificate that the last audit wrote, if there is one, of whatever version."""
    path = path_of(assignment)
    try:
        return _read(path, path.stat().st_mtime_ns)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):  # or of an earlier release
        return None


@lru_cache(maxsize=4)
def _read(path: Path, changed: int) -> Certificate:
    """Read a certificate; `changed` makes the cache notice a changed file."""
    return Certificate.from_json(path.read_text(encoding="utf-8"))
