"""A course's settings, read as nbgrader reads them: from files, Jupyter's folders, command line."""

import logging
import traceback
from collections.abc import Iterator, Sequence
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import TypeVar

from jupyter_core.paths import jupyter_config_path
from nbgrader.apps.baseapp import NbGrader
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeFactory

from autograder.assignment import AssignmentError
from autograder.course import Course, Stage

STUDENTS_WRITE = (Stage.SUBMITTED, Stage.AUTOGRADED, Stage.FEEDBACK)  # what stems from students

App = TypeVar("App", bound=NbGrader)


@contextmanager
def opened(app: App, folder: Path, options: Sequence[str], log: logging.Handler) -> Iterator[App]:
    """Let an app of nbgrader's have its settings, in the folder where it is called.

    Parameters
    ----------
    app : nbgrader's NbGrader
    folder : Path
        The working directory: its `nbgrader_config.py` counts, as do those in Jupyter's folders and
        in the course's folder, `CourseDirectory.root`.
    options : sequence of str
        The command line, such as "--CourseDirectory.course_id=physics"; it takes precedence.
    log : Handler
        Takes all that nbgrader logs, instead of the terminal.

    Raises
    ------
    AssignmentError
        If the settings cannot be read, or the folder is one that students write to.
    """
    _check_whose(folder.resolve())
    last = _Last()
    with chdir(folder):
        app.raise_config_file_errors = True
        app.log.handlers = [log, last]
        app.log.addFilter(_is_news)
        try:
            app.initialize([*options])
        except SystemExit:  # with which nbgrader answers a value that a setting cannot have
            raise AssignmentError(f"{last.text}: mend this setting of nbgrader's") from None
        except Exception as error:
            raise AssignmentError(_told(error)) from error
        app.log.handlers = [log]
        try:
            yield app
        finally:
            app.log.removeFilter(_is_news)
            app.reset()


def _check_whose(folder: Path) -> None:
    """Check that a folder is no student's: its settings would be Python, run as the grader."""
    course = _course_around(folder)
    if course is None:
        return
    downloaded = Path(course.root, course.downloaded_directory)
    is_students = any(course.whose(stage, folder) for stage in STUDENTS_WRITE)
    if is_students or folder.is_relative_to(downloaded):
        raise AssignmentError(
            f"the working directory must not be a student's, got {folder}: nbgrader's settings "
            f"would be read from it, and are Python; change to {course.root}, or name that "
            "folder with --course"
        )


def _course_around(folder: Path) -> Course | None:
    """Return the course in which a folder lies, by settings that lie outside the folder."""
    above = [one for one in folder.parents if any(map(Path.is_file, _files(one)))]
    if above:
        return course_in(above[-1])  # the outermost: a file further down may be a student's
    if folder.name and any(file.is_file() for at in jupyter_config_path() for file in _files(at)):
        return course_in(Path(folder.anchor))  # the user's own settings may name a course
    return None


def _files(folder: str | Path) -> list[Path]:
    return [Path(folder, f"nbgrader_config.{kind}") for kind in ("py", "json")]


def course_in(
    folder: Path, options: Sequence[str] = (), log: logging.Handler | None = None
) -> Course:
    """Return the course that nbgrader's commands are about when they are called in a folder."""
    with opened(NbGrader(), folder, options, log or logging.NullHandler()) as app:
        return course_of(app.coursedir)


def course_of(coursedir: CourseDirectory) -> Course:
    """Return the course of nbgrader's own `CourseDirectory`."""
    parent = coursedir.parent or coursedir
    exchange = ExchangeFactory(parent=parent).ReleaseAssignment(coursedir=coursedir, parent=parent)
    collecting = parent.config.ZipCollectApp
    names = ("downloaded_directory", "collect_directory_structure")
    elsewhere = {name: str(collecting[name]) for name in names if name in collecting}
    elsewhere["exchange"] = getattr(exchange, "root", "")
    elsewhere["exchange_cache"] = getattr(exchange, "cache", "")
    return Course.of(coursedir, **elsewhere)


def _told(error: Exception) -> str:
    """Return what is wrong with the settings, and in which file."""
    files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    files += [error.filename or ""] if isinstance(error, SyntaxError) else []
    where = [file for file in files if file.endswith("_config.py")] or ["the command line"]
    return f"nbgrader's settings cannot be read ({type(error).__name__}: {error}): mend {where[-1]}"


def _is_news(record: logging.LogRecord) -> bool:
    """Tell whether nbgrader's record is shown: a course may have no settings of its own."""
    return not record.getMessage().startswith("No nbgrader_config.py file found")


class _Last(logging.Handler):
    """Keeps the last fault that was logged."""

    def __init__(self) -> None:
        super().__init__(logging.CRITICAL)
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record's text."""
        self.text = record.getMessage()
