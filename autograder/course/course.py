"""A course as nbgrader's settings have it: the one place that knows where its folders are.

It is plain data, which travels to grading processes and to a cluster's workers; `settings` reads
it from nbgrader's configuration.
"""

import glob
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_data_dir

# by which a folder is known to be a course's: nbgrader has no setting for their names
SETTINGS_FILE, GRADEBOOK_FILE = "nbgrader_config.py", "gradebook.db"
# in a path that is to become a pattern, for any name: control characters, which no setting has
STUDENT, ASSIGNMENT = "\0", "\1"
ELSEWHERE = (
    "downloaded_directory", "collect_directory_structure", "exchange", "exchange_cache",
)  # fmt: skip


class Stage(StrEnum):
    """A stage in the life of an assignment, by nbgrader's setting for its folder."""

    SOURCE = "source_directory"
    RELEASE = "release_directory"
    SOLUTION = "solution_directory"
    SUBMITTED = "submitted_directory"
    AUTOGRADED = "autograded_directory"
    FEEDBACK = "feedback_directory"


@dataclass(frozen=True)
class Course:
    """The settings of a course, by nbgrader's own names, with nbgrader's own defaults.

    Parameters
    ----------
    root : Path
        The course's folder. The other folders lie in it, unless they are absolute.
    course_id : str
    db_url : str
        The gradebook's address; without it, a file in the course's folder.
    groupshared : bool
        Whether several graders share the course's files.
    directory_structure : str
    source_directory, release_directory, solution_directory : str
    submitted_directory, autograded_directory, feedback_directory : str
    ignore : tuple of str
        Patterns of the file and folder names that nbgrader does not copy.
    student_id_exclude : str
        The students who are not graded, separated by commas.
    downloaded_directory, collect_directory_structure : str
        Where `nbgrader zip_collect` looks.
    exchange : str
        The exchange's folder; empty if the exchange is no folder.
    exchange_cache : str
        Where `nbgrader submit` keeps a copy; empty if there is no such folder.
    """

    root: Path
    course_id: str = ""
    db_url: str = ""
    groupshared: bool = False
    directory_structure: str = "{nbgrader_step}/{student_id}/{assignment_id}"
    source_directory: str = "source"
    release_directory: str = "release"
    solution_directory: str = "solution"
    submitted_directory: str = "submitted"
    autograded_directory: str = "autograded"
    feedback_directory: str = "feedback"
    ignore: tuple[str, ...] = (".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback")
    student_id_exclude: str = ""
    downloaded_directory: str = "downloaded"
    collect_directory_structure: str = "{downloaded}/{assignment_id}/{collect_step}"
    exchange: str = "/usr/local/share/nbgrader/exchange"
    exchange_cache: str = field(
        default_factory=lambda: str(Path(jupyter_data_dir(), "nbgrader_cache"))
    )

    def __post_init__(self) -> None:
        if not self.db_url:
            object.__setattr__(self, "db_url", f"sqlite:///{self.root / GRADEBOOK_FILE}")

    @classmethod
    def of(cls, coursedir: Any, **elsewhere: str) -> "Course":
        """Return the course of nbgrader's own `CourseDirectory`.

        Parameters
        ----------
        coursedir : nbgrader's CourseDirectory
        **elsewhere
            The settings that are other classes' of nbgrader.
        """
        names = [field.name for field in fields(cls) if field.name not in ELSEWHERE]
        known = {name: getattr(coursedir, name) for name in names} | elsewhere
        return cls.from_dict({**known, "db_url": _in(coursedir.root, coursedir.db_url)})

    def folder(self, stage: Stage, assignment: str, student: str = ".") -> Path:
        """Return the folder of an assignment in a stage; a student's, where students have some."""
        place = self.directory_structure.format(
            nbgrader_step=getattr(self, stage), student_id=student, assignment_id=assignment
        )
        return self.root / place

    def assignments(self) -> list[str]:
        """Return the names of the assignments that have a source."""
        found = self._there(Stage.SOURCE, ASSIGNMENT, ".")
        return sorted(match["assignment"] for match, path in found if path.is_dir())

    def students(self, stage: Stage, assignment: str) -> dict[str, Path]:
        """Return each student's folder for an assignment, by the student's id."""
        found = self._there(stage, assignment, STUDENT)
        return {match["student"]: path for match, path in found}

    def student(self, stage: Stage, assignment: str, path: Path) -> str:
        """Return whose folder for an assignment it is, or is around it; empty if nobody's."""
        match = self._pattern(stage, assignment, STUDENT).fullmatch(str(path))
        return match["student"] if match else ""

    def whose(self, stage: Stage, path: Path) -> tuple[str, str] | None:
        """Return the student and the assignment of a folder, or of a file in it; None if none."""
        match = self._pattern(stage, ASSIGNMENT, STUDENT).fullmatch(str(path))
        return (match["student"], match["assignment"]) if match else None

    def downloaded(self, assignment: str) -> Path:
        """Return the folder in which `nbgrader zip_collect` has its folders for an assignment."""
        place = self.collect_directory_structure.format(
            downloaded=self.downloaded_directory, assignment_id=assignment, collect_step="archive"
        )
        return Path(self.root, place).parent

    def exchanged(self, assignment: str) -> Path | None:
        """Return where the exchange has an assignment's release; None if there is no exchange."""
        return self._exchanged("outbound", assignment)

    def exchanged_feedback(self, key: str) -> Path | None:
        """Return the page of feedback that the exchange has by a key; None without an exchange."""
        return self._exchanged("feedback", f"{key}.html")

    def _exchanged(self, *names: str) -> Path | None:
        # as nbgrader's own exchange, which has no settings for these
        has_any = self.exchange and self.course_id
        return Path(self.exchange, self.course_id, *names) if has_any else None

    def mentioned(self, stage: Stage) -> re.Pattern[str]:
        """Return the pattern of a student's folder where it is mentioned in a text."""
        place = re.escape(self.shown(self.folder(stage, ASSIGNMENT, STUDENT)))
        first, *others = re.split(f"[{STUDENT}{ASSIGNMENT}]", place)
        return re.compile(rf"(?<!\w){first}[^\s/]+{others[0]}")

    def files(self, folder: Path) -> list[Path]:
        """Return the files of a folder, at any depth, that nbgrader's settings do not leave out."""
        found = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        return [path for path in found if not self.is_ignored(path.relative_to(folder))]

    def is_ignored(self, path: Path) -> bool:
        """Tell whether nbgrader leaves a file out, by its path within the folder that it copies."""
        return any(fnmatch(part, pattern) for part in path.parts for pattern in self.ignore)

    def shown(self, path: Path) -> str:
        """Return a path as people read it: as seen from the course's folder, if it lies there."""
        return str(path.relative_to(self.root) if path.is_relative_to(self.root) else path)

    def layout(self) -> dict[str, Any]:
        """Return how the folders lie within the course's: all that another machine may know.

        A copy of the course there is `Course(root, **layout)`.
        """
        folders = {stage.value: self.shown(Path(getattr(self, stage))) for stage in Stage}
        ignore = self.ignore
        return {**folders, "directory_structure": self.directory_structure, "ignore": ignore}

    def to_dict(self) -> dict[str, Any]:
        """Return the course as JSON holds it."""
        return {**asdict(self), "root": str(self.root)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Course":
        """Return the course of such data."""
        return cls(**{**data, "root": Path(data["root"]), "ignore": tuple(data["ignore"])})

    def _there(
        self, stage: Stage, assignment: str, student: str
    ) -> Iterator[tuple[re.Match[str], Path]]:
        """Yield the folders of a stage that are there, each with the names in its path."""
        pattern = self._pattern(stage, assignment, student)
        place = glob.escape(str(self.folder(stage, assignment, student)))
        for path in sorted(glob.glob(place.translate({0: "*", 1: "*"}))):  # noqa: PTH207  # of any root
            if match := pattern.fullmatch(path):
                yield match, Path(path)

    def _pattern(self, stage: Stage, assignment: str, student: str) -> re.Pattern[str]:
        """Return the pattern of a folder in a stage, and of what lies in it."""
        place = re.escape(str(self.folder(stage, assignment, student)))
        for mark, name in ((STUDENT, "student"), (ASSIGNMENT, "assignment")):
            place = place.replace(mark, f"(?P<{name}>[^/]+)", 1).replace(mark, f"(?P={name})")
        return re.compile(f"{place}(?:/.*)?", re.DOTALL)


def _in(root: str, url: str) -> str:
    """Return a gradebook's address; a relative one of a file is seen from the course's folder."""
    kind, slashes, path = url.partition(":///")
    is_relative = kind == "sqlite" and path and not path.startswith(("/", ":"))
    return f"{kind}{slashes}{Path(root, path)}" if is_relative else url
