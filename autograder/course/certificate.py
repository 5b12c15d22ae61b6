"""What an audit has proven of one version of an assignment's suites, kept as JSON in the course.

Grading reads it too: the behaviour of the known mistakes, by which a student's mistake is named.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

from autograder.course.assignment import Assignment
from autograder.course.specimen import mutants, variants
from autograder.results.outcome import Facts

Behaviour = dict[str, Facts]  # by the item's name


@dataclass(frozen=True)
class Mistake:
    """A mutant, as the audit found it.

    Parameters
    ----------
    name : str
    advice : str
        What to tell a student whose code behaves like this.
    loses : tuple of str
        The items that it must lose, in the notebook's order; all others it must keep.
    fails : dict of str to tuple of str
        By the item's name, the properties that fail.
    behaviour : Behaviour
        In the items that it loses, the facts in which it differs from the reference.
    named : dict of str to tuple of str
        By the item's name, the mistakes that it is taken for when it is handed in.
    """

    name: str
    advice: str
    loses: tuple[str, ...]
    fails: dict[str, tuple[str, ...]]
    behaviour: Behaviour
    named: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Certificate:
    """The result of an audit.

    Parameters
    ----------
    version : str
        The assignment's version.
    specimens : str
        A digest of its mutants, variants and reference solution.
    properties : dict of str to tuple of str
        By the item's name, its properties.
    reference : Behaviour
        What the reference does.
    mistakes : tuple of Mistake
    variants : tuple of str
        The names of the other right solutions.
    defects : tuple of str
        What is wrong with the suites or with a specimen, in words; empty if nothing is.
    """

    version: str
    specimens: str
    properties: dict[str, tuple[str, ...]]
    reference: Behaviour
    mistakes: tuple[Mistake, ...]
    variants: tuple[str, ...]
    defects: tuple[str, ...]

    @property
    def redundant(self) -> list[str]:
        """The properties without which each mutant would still lose each item that it loses."""
        needed = {(item, name) for item, name, _ in self.lone_catches}
        return [
            f"{item}: {name}"
            for item, names in self.properties.items()
            for name in names
            if (item, name) not in needed
        ]

    @property
    def lone_catches(self) -> list[tuple[str, str, str]]:
        """Item, property and mutant, where no other property of the item fails."""
        return [
            (item, names[0], mistake.name)
            for mistake in self.mistakes
            for item, names in mistake.fails.items()
            if len(names) == 1
        ]

    @property
    def unnamed(self) -> list[str]:
        """The mutants that are not named as themselves, nor as one that behaves the same."""
        behaviour = {mistake.name: mistake.behaviour for mistake in self.mistakes}
        return [
            mistake.name
            for mistake in self.mistakes
            if any(
                [behaviour[name].get(item) for name in mistake.named[item]] != [facts]
                for item, facts in mistake.behaviour.items()
            )
        ]

    def to_json(self) -> str:
        """Return the certificate as text, the same for the same certificate."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Certificate":
        """Return the certificate that `to_json` made the text of."""
        data = json.loads(text)
        mistakes = [
            Mistake(
                **{
                    **mistake,
                    "loses": tuple(mistake["loses"]),
                    "fails": {item: tuple(names) for item, names in mistake["fails"].items()},
                    "named": {item: tuple(names) for item, names in mistake["named"].items()},
                }
            )
            for mistake in data["mistakes"]
        ]
        return cls(
            **{
                **data,
                "properties": {item: tuple(names) for item, names in data["properties"].items()},
                "mistakes": tuple(mistakes),
                "variants": tuple(data["variants"]),
                "defects": tuple(data["defects"]),
            }
        )


def path_of(assignment: Assignment) -> Path:
    """Return where the certificate of an assignment lies."""
    return assignment.root / "tests" / "certificates" / f"{assignment.name}.json"


def digest_of_specimens(assignment: Assignment) -> str:
    """Return a digest of all that an audit grades."""
    all_of_them = [*mutants(assignment), *variants(assignment)]
    texts = [(s.name, s.source, s.advice, sorted(s.loses)) for s in all_of_them]
    everything = repr((texts, sorted(assignment.reference.items())))
    return hashlib.sha256(everything.encode()).hexdigest()[:16]


def certificate_of(assignment: Assignment) -> Certificate | None:
    """Return the certificate of an assignment; None if there is none of its present version."""
    path = path_of(assignment)
    try:
        certificate = _read(path, path.stat().st_mtime_ns)
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return certificate if certificate.version == assignment.suites_version else None


@lru_cache(maxsize=4)
def _read(path: Path, changed: int) -> Certificate:
    """Read a certificate; `changed` tells one state of the file from another."""
    return Certificate.from_json(path.read_text(encoding="utf-8"))
