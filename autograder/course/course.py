"""A course by nbgrader's settings: the only module that knows where its folders are.

It is plain data, which is sent to grading processes and to a cluster's workers. `settings` reads it
from nbgrader's configuration.
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

# a folder with one of them is a course's; nbgrader has no setting for their names
SETTINGS_FILE, GRADEBOOK_FILE = "nbgrader_config.py", "gradebook.db"
# placeholders for any name, in a path that is made a pattern: no setting has control characters
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
    """The settings of a course, by nbgrader's own names, with nbgrader's own defaults."""

    root: Path  # the course's folder, where all relative paths begin
    course_id: str = ""
    db_url: str = ""  # the gradebook's address; default: a file in the course's folder
    groupshared: bool = False  # whether several graders share the course's files
    directory_structure: str = "{nbgrader_step}/{student_id}/{assignment_id}"
    source_directory: str = "source"
    release_directory: str = "release"
    solution_directory: str = "solution"
    submitted_directory: str = "submitted"
    autograded_directory: str = "autograded"
    feedback_directory: str = "feedback"
    # patterns of the file and folder names that nbgrader does not copy
    ignore: tuple[str, ...] = (".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback")
    student_id_exclude: str = ""  # the students who are not graded, separated by commas
    # where `nbgrader zip_collect` looks
    downloaded_directory: str = "downloaded"
    collect_directory_structure: str = "{downloaded}/{assignment_id}/{collect_step}"
    # the exchange's folder; empty if the exchange is no folder
    exchange: str = "/usr/local/share/nbgrader/exchange"
    # where `nbgrader submit` keeps a copy; empty if there is no such folder
    exchange_cache: str = field(
        default_factory=lambda: str(Path(jupyter_data_dir(), "nbgrader_cache"))
    )

    def __post_init__(self) -> None:
        if not self.db_url:
            object.__setattr__(self, "db_url", f"sqlite:///{self.root / GRADEBOOK_FILE}")

    @classmethod
    def of(cls, coursedir: Any, **elsewhere: str) -> "Course":
        """Return the course of nbgrader's `CourseDirectory`, with settings of its other classes."""
        names = [field.name for field in fields(cls) if field.name not in ELSEWHERE]
        known = {name: getattr(coursedir, name) for name in names} | elsewhere
        return cls.from_dict({**known, "db_url": _in(coursedir.root, coursedir.db_url)})

    def folder(self, stage: Stage, assignment: str, student: str = ".") -> Path:
        """Return an assignment's folder in a stage, or a student's folder for it."""
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
        """Return the student in whose folder for an assignment a path lies; empty if in none."""
        match = self._pattern(stage, assignment, STUDENT).fullmatch(str(path))
        return match["student"] if match else ""

    def whose(self, stage: Stage, path: Path) -> tuple[str, str] | None:
        """Return the student and the assignment in whose folder a path lies, if in any."""
        match = self._pattern(stage, ASSIGNMENT, STUDENT).fullmatch(str(path))
        return (match["student"], match["assignment"]) if match else None

    def downloaded(self, assignment: str) -> Path:
        """Return the folder for an assignment in which `nbgrader zip_collect` has its folders."""
        place = self.collect_directory_structure.format(
            downloaded=self.downloaded_directory, assignment_id=assignment, collect_step="archive"
        )
        return Path(self.root, place).parent

    def exchanged(self, assignment: str) -> Path | None:
        """Return the exchange's folder of an assignment's release; None without an exchange."""
        return self._exchanged("outbound", assignment)

    def exchanged_feedback(self, key: str) -> Path | None:
        """Return the exchange's page of feedback for a key; None without an exchange."""
        return self._exchanged("feedback", f"{key}.html")

    def _exchanged(self, *names: str) -> Path | None:
        # nbgrader has no settings for these names
        has_any = self.exchange and self.course_id
        return Path(self.exchange, self.course_id, *names) if has_any else None

    def mentioned(self, stage: Stage) -> re.Pattern[str]:
        """Return a pattern that finds a student's folder in a text."""
        place = re.escape(self.shown(self.folder(stage, ASSIGNMENT, STUDENT)))
        first, *others = re.split(f"[{STUDENT}{ASSIGNMENT}]", place)
        return re.compile(rf"(?<!\w){first}[^\s/]+{others[0]}")

    def files(self, folder: Path) -> list[Path]:
        """Return the files in a folder, at any depth, without those that nbgrader ignores."""
        found = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        return [path for path in found if not self.is_ignored(path.relative_to(folder))]

    def is_ignored(self, path: Path) -> bool:
        """Return whether nbgrader ignores a file, by its path in the folder that it copies."""
        return any(fnmatch(part, pattern) for part in path.parts for pattern in self.ignore)

    def shown(self, path: Path) -> str:
        """Return a path for a message: relative to the course's folder, if it lies there."""
        return str(path.relative_to(self.root) if path.is_relative_to(self.root) else path)

    def layout(self) -> dict[str, Any]:
        """Return the settings of the folders, all that another machine may know.

        A copy of the course there is `Course(root, **layout)`.
        """
        folders = {stage.value: self.shown(Path(getattr(self, stage))) for stage in Stage}
        ignore = self.ignore
        return {**folders, "directory_structure": self.directory_structure, "ignore": ignore}

    def to_dict(self) -> dict[str, Any]:
        """Return the course as data for JSON."""
        return {**asdict(self), "root": str(self.root)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Course":
        """Return the course of data made by `to_dict`."""
        return cls(**{**data, "root": Path(data["root"]), "ignore": tuple(data["ignore"])})

    def _there(
        self, stage: Stage, assignment: str, student: str
    ) -> Iterator[tuple[re.Match[str], Path]]:
        """Yield the existing folders of a stage, each with the names in its path."""
        pattern = self._pattern(stage, assignment, student)
        place = glob.escape(str(self.folder(stage, assignment, student)))
        for path in sorted(glob.glob(place.translate({0: "*", 1: "*"}))):  # noqa: PTH207  # of any root
            if match := pattern.fullmatch(path):
                yield match, Path(path)

    def _pattern(self, stage: Stage, assignment: str, student: str) -> re.Pattern[str]:
        """Return the pattern of a folder in a stage, and of all paths in it."""
        place = re.escape(str(self.folder(stage, assignment, student)))
        for mark, name in ((STUDENT, "student"), (ASSIGNMENT, "assignment")):
            place = place.replace(mark, f"(?P<{name}>[^/]+)", 1).replace(mark, f"(?P={name})")
        return re.compile(f"{place}(?:/.*)?", re.DOTALL)


def _in(root: str, url: str) -> str:
    """Return a gradebook's address; a file's relative path begins in the course's folder."""
    kind, slashes, path = url.partition(":///")
    is_relative = kind == "sqlite" and path and not path.startswith(("/", ":"))
    return f"{kind}{slashes}{Path(root, path)}" if is_relative else url
