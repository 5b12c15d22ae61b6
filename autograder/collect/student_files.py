"""The extracted files of one student: notebooks, other files, and files that were left out."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from autograder.collect.candidate import Candidate
from autograder.collect.extracted import Extracted
from autograder.collect.owner import NobodyError, Owner, Owners, check_id
from autograder.collect.safe_name import is_junk
from autograder.files.bounded_walk import BoundedWalk
from autograder.intake.collected_list import NO_NOTEBOOK, Line
from autograder.intake.notebook_reader import MAX_BYTES, in_mib


@dataclass
class StudentFiles:
    """The files that one student handed in."""

    # the files that are named like notebooks, and all others
    notebooks: list[Candidate] = field(default_factory=list)
    others: list[Candidate] = field(default_factory=list)
    # the path of each uploaded file, by the student's own name for it
    uploads: dict[str, str] = field(default_factory=dict)
    # files that may be the student's work and could not be extracted or read
    left_out: list[Line] = field(default_factory=list)
    most: int = MAX_BYTES  # of a notebook that can be graded

    def add(self, one: Candidate) -> None:
        """Add a file that was extracted."""
        if ".ipynb" not in one.path.name.lower():
            self.others.append(one)
        elif one.path.stat().st_size > self.most:
            why = f"it is larger than {in_mib(self.most)}"
            self.leave_out(PurePath(one.file), one.owner, why)
        else:
            self.notebooks.append(one)

    def leave_out(self, path: PurePath, owner: Owner, why: str) -> None:
        """Add a file that may be the student's work and cannot be collected."""
        is_upload = owner.file == owner.upload
        name = owner.upload if is_upload else f"{owner.file} in {owner.upload}"
        line = Line(path.as_posix(), owner.student, refused=why, is_left_out=True, name=name)
        self.left_out.append(line)

    def without_notebook(self, student: str) -> list[Line]:
        """Return a line for each upload that is no notebook and has no line in `left_out`."""
        known = {line.name.rpartition(" in ")[2] for line in self.left_out}
        return [
            Line(file, student, refused=NO_NOTEBOOK, is_left_out=True, name=name)
            for name, file in self.uploads.items()
            if name not in known
        ]


def sort_files(
    root: Path, owners: Owners, names: Sequence[str], extracted: Extracted, most: int
) -> tuple[dict[str, StudentFiles], list[Line]]:
    """Return the files of each student, and a line for each file that belongs to nobody.

    Parameters
    ----------
    root : Path
        The folder of extracted files.
    owners : Owners
    names : sequence of str
        The assignment's notebooks.
    extracted : Extracted
    most : int
        Bytes of a notebook that can be graded.
    """
    students: dict[str, StudentFiles] = {}
    nobodys = []

    def of(path: PurePath, why: str) -> tuple[Owner, StudentFiles] | None:
        try:
            owner = owners.of(path)
            check_id(owner.student)
        except NobodyError as error:
            nobodys.append(Line(path.as_posix(), refused=why or str(error), is_left_out=True))
            return None
        theirs = students.setdefault(owner.student, StudentFiles(most=most))
        theirs.uploads.setdefault(owner.upload, path.as_posix())
        return owner, theirs

    for path in _files(root):
        inside = PurePath(path.relative_to(root))
        if inside in extracted.opened and not _is_somebodys(owners, inside):
            continue  # the archive has the files of several students
        if (found := of(inside, "")) and inside not in extracted.opened:
            found[1].add(Candidate.of(path, inside.as_posix(), found[0], names))
    for inside in extracted.skipped:
        if _is_somebodys(owners, inside):
            of(inside, "")
    for one in extracted.not_extracted:
        if (found := of(one.path, one.why)) and not one.is_extra:
            found[1].leave_out(one.path, found[0], one.why)
    return students, nobodys


def _files(root: Path) -> Iterable[Path]:
    for path in sorted(BoundedWalk(root, most=sys.maxsize, depth=sys.maxsize)):
        if not path.is_dir() and not is_junk(path.relative_to(root)):
            yield path


def _is_somebodys(owners: Owners, path: PurePath) -> bool:
    try:
        owners.of(path)
    except NobodyError:
        return False
    return True
