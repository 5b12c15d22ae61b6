"""The notebooks among a student's files, and which of them are taken."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.collect import lms_file_names
from autograder.collect.owner import Owner
from autograder.intake.notebook_reader import MAX_BYTES, UnreadableError, read_notebook
from autograder.intake.refusal import shown


@dataclass(frozen=True)
class Candidate:
    """A notebook that may be a student's.

    Parameters
    ----------
    path : Path
    file : str
        As seen from the folder of what was extracted.
    owner : Owner
    name : str
        Of the notebook that it stands for, or its own.
    attempt : int
        Its number in that row.
    date : float
        In the archive.
    """

    path: Path
    file: str
    owner: Owner
    name: str
    attempt: int
    date: float

    @classmethod
    def of(cls, path: Path, file: str, owner: Owner, names: Sequence[str]) -> "Candidate":
        """Return what a file may be.

        Parameters
        ----------
        path : Path
        file : str
        owner : Owner
        names : sequence of str
            The assignment's notebooks.
        """
        name, attempt = lms_file_names.attempt(owner.file, [*names])
        return cls(path, file, owner, name, attempt, path.stat().st_mtime)

    @property
    def age(self) -> tuple[int, float, int, str]:
        """By which the newest is found."""
        upload = self.owner.origin.upload if self.owner.origin else 0
        return self.attempt, self.date, upload, self.file

    @property
    def is_late(self) -> bool:
        """Whether Canvas marks it so."""
        return bool(self.owner.origin and self.owner.origin.is_late)


def choose(
    candidates: Sequence[Candidate], names: Sequence[str], known: Collection[str]
) -> dict[str, Candidate]:
    """Return the newest of a student's files for each notebook, by the notebook's name.

    Parameters
    ----------
    candidates : sequence of Candidate
        Of one student.
    names : sequence of str
        The assignment's notebooks. Where no file has such a name, the newest that has one of its
        cells is chosen, or else the newest.
    known : collection of str
        The ids of the assignment's cells.
    """
    chosen = {
        one.name: one for one in sorted(candidates, key=lambda one: one.age) if one.name in names
    }
    if candidates and not chosen:
        theirs = [one for one in candidates if not grade_ids(one.path).isdisjoint(known)]
        newest = max(theirs or candidates, key=lambda one: one.age)
        chosen[names[0] if len(names) == 1 else newest.owner.file] = newest
    return chosen


def why_not(one: Candidate, chosen: dict[str, Candidate], names: Sequence[str]) -> str:
    """Return why a notebook is not the one that is taken."""
    if best := chosen.get(one.name):
        return f"an older attempt: {shown(Path(best.file))} was taken"
    taken = ", ".join(shown(Path(best.file)) for best in chosen.values())
    return f"not the notebook {', '.join(names)}: {taken} was taken"


def is_notebook(path: Path, known: Collection[str]) -> bool:
    """Tell whether a file of whatever name holds cells of the assignment."""
    with path.open("rb") as file:
        begins = file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"
    return begins and path.stat().st_size <= MAX_BYTES and not grade_ids(path).isdisjoint(known)


def grade_ids(path: Path) -> set[str]:
    """Return the ids of a notebook's cells that are an assignment's; none if it is no notebook."""
    try:
        notebook, _ = read_notebook(path.read_bytes())
    except (OSError, UnreadableError):
        return set()
    return set(_claims(notebook.cells))


def _claims(cells: list[Any]) -> Iterator[str]:
    for cell in cells:
        if grade_id := cell.metadata.get("nbgrader", {}).get("grade_id"):
            yield str(grade_id)
