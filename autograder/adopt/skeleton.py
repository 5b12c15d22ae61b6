"""A small assignment to begin with, written into a course under a name of the author's own."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.course.assignment import Assignment, AssignmentError
from autograder.course.course import Course, Stage
from autograder.files import sharing

TEMPLATE = Path(__file__).parents[1] / "templates" / "assignment"
NOTEBOOK = "notebook.ipynb"  # the template's; the assignment's has its name
NAME = re.compile(r"\w+(?:[-.]\w+)*")


@dataclass(frozen=True)
class Skeleton:
    """The files of a new assignment.

    Parameters
    ----------
    course : Course
    name : str
        The assignment's name, which no assignment of the course has yet.
    """

    course: Course
    name: str

    def check(self) -> None:
        """Check that the assignment can be written.

        Raises
        ------
        AssignmentError
            If the name cannot be a folder's, or one of the assignment's folders exists.
        """
        if not NAME.fullmatch(self.name):
            raise AssignmentError(
                f"an assignment's name must have letters, digits, _, - and . between them only, "
                f"got {self.name!r}: choose another name"
            )
        for folder in self._folders.values():
            if folder.exists():
                raise AssignmentError(
                    f"{self.course.shown(folder)} is there already, and nothing is overwritten: "
                    "choose another name"
                )

    def write(self) -> list[Path]:
        """Write the assignment's files, all or none, and return their paths.

        Raises
        ------
        AssignmentError
            If the course's folders cannot be written to.
        """
        try:
            for template, path in self._files():
                sharing.make_folder(path.parent, shared=self.course.groupshared)
                shutil.copyfile(template, path)
                if self.course.groupshared:
                    sharing.share(path)
        except OSError as error:
            for folder in self._folders.values():
                shutil.rmtree(folder, ignore_errors=True)
            cause = sharing.obstacle(path) or error.strerror
            raise AssignmentError(
                f"{path} cannot be written ({cause}): check the permissions and the free space"
            ) from error
        return [path for _, path in self._files()]

    def _files(self) -> Iterator[tuple[Path, Path]]:
        """Yield each file of the template, and its path in the course."""
        for kind, folder in self._folders.items():
            for template in sorted((TEMPLATE / kind).glob("*.*")):
                name = f"{self.name}.ipynb" if template.name == NOTEBOOK else template.name
                yield template, folder / name

    @property
    def _folders(self) -> dict[str, Path]:
        """The assignment's folder for each folder of the template; the notebook's is the last."""
        assignment = Assignment(self.course, self.name)
        tests = self.course.root / "tests"
        return {
            "hidden": assignment.hidden,
            "mutants": tests / "mutants" / self.name,
            "variants": tests / "variants" / self.name,
            "source": assignment.folder(Stage.SOURCE),
        }
