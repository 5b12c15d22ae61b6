"""Hostile submissions; `range` is where they are tried, on its `targets`.

An attack is a file `tests/attacks/<kind>_<what>.py`. Its docstring is one sentence on what is tried,
a blank line, and then one line for each of these that applies:

answers: right
    The layers are right, only a side effect is tried: full marks, and no side effect.
answers: wrong
    It tries to get points without solving anything: no points in the items of Dropout.
unconfined: bites
    Without confinement by the operating system it can succeed: so the range is seen to notice.
known hole: <what is wrong>
    It succeeds at every level, by a fault that is still to be mended.
only confined: <reason>
    Not to be run without confinement.
students: 2
    Handed in by two students one after the other.

The rest is put into the solution cell `dropout`, below the reference (if right) or below a Dropout
that drops nothing (if wrong), and words in capitals are replaced: see `Targets.words`; STUDENT is the
number of the student, from 0. An attack that succeeds at what leaves no trace raises an error with
the text WON, which shows in the report. One that reads a secret puts it into an error's text, or
wherever else a reader would find it. A statement that raises is skipped, and the next one runs:
an attempt and the claim that it succeeded belong into one statement.
"""

from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Attack:
    """One file of `tests/attacks/`."""

    name: str
    sentence: str
    right: bool
    bites: bool
    known_hole: str
    only_confined: str
    students: int
    source: str

    @property
    def kind(self) -> str:
        """The first word of its name."""
        return self.name.partition("_")[0]


def attacks() -> list[Attack]:
    """Return the corpus, by name."""
    return [_attack(path) for path in sorted((PROJECT / "tests" / "attacks").glob("*.py"))]


def _attack(path: Path) -> Attack:
    source = path.read_text(encoding="utf-8")
    docstring = source.split('"""')[1]  # magics make some a cell, but no Python
    sentence, _, rest = docstring.partition("\n\n")
    facts = dict(line.split(": ", 1) for line in rest.splitlines())
    attack = Attack(
        path.stem,
        sentence,
        right={"right": True, "wrong": False}[facts.pop("answers")],
        bites=facts.pop("unconfined", "") == "bites",
        known_hole=facts.pop("known hole", ""),
        only_confined=facts.pop("only confined", ""),
        students=int(facts.pop("students", 1)),
        source=source,
    )
    assert not facts, f"{path}: unknown lines {sorted(facts)}"
    return attack
