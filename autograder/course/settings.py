"""A course's settings, as nbgrader reads them: from files, Jupyter's folders, command line."""

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
from traitlets.config import Config

from autograder.course import provenance
from autograder.course.assignment import AssignmentError
from autograder.course.course import SETTINGS_FILE, Course

App = TypeVar("App", bound=NbGrader)


@contextmanager
def opened(app: App, folder: Path, options: Sequence[str], log: logging.Handler) -> Iterator[App]:
    """Yield an app of nbgrader's that has read its settings, with `folder` as working directory.

    Parameters
    ----------
    app : nbgrader's NbGrader
    folder : Path
        The settings come from its `nbgrader_config.py`, from Jupyter's folders and from the
        course's folder, `CourseDirectory.root`.
    options : sequence of str
        The command line, such as "--CourseDirectory.course_id=physics"; it takes precedence.
    log : Handler
        Gets nbgrader's log records instead of the terminal.

    Raises
    ------
    AssignmentError
        If the settings cannot be read, or the folder is a student's.
    """
    _check_whose(folder.resolve())
    last = _Last()
    with chdir(folder):
        app.raise_config_file_errors = True
        app.log.handlers = [log, last]
        app.log.addFilter(_is_news)
        try:
            app.initialize([*options])
        except SystemExit:  # nbgrader exits at a wrong value of a setting
            raise AssignmentError(f"{last.text}: mend this setting of nbgrader's") from None
        except Exception as error:
            raise AssignmentError(_message(error)) from error
        app.log.handlers = [log]
        try:
            yield app
        finally:
            app.log.removeFilter(_is_news)
            app.reset()


def _check_whose(folder: Path) -> None:
    """Check that a folder is no student's: its settings are Python and run as this user."""
    users_own = [Path(place, SETTINGS_FILE) for place in jupyter_config_path()]
    # the user's own settings may name a course without settings in its folder
    has_own = folder.name and any(file.is_file() for file in users_own)
    known = course_in(Path(folder.anchor)) if has_own else Course(folder)
    if why := provenance.handed_in(folder / SETTINGS_FILE, known):
        raise AssignmentError(
            f"nbgrader's settings must not be read from a student's folder, as they are Python, "
            f"got {folder} ({why}): change to the course's folder, or name it with --course"
        )


def course_in(
    folder: Path, options: Sequence[str] = (), log: logging.Handler | None = None
) -> Course:
    """Return the course of nbgrader's commands when they are called in a folder."""
    with opened(NbGrader(), folder, options, log or logging.NullHandler()) as app:
        return course_of(app.coursedir)


def config_in(folder: Path, options: Sequence[str] = ()) -> Config:
    """Return all settings of nbgrader's commands when they are called in a folder."""
    with opened(NbGrader(), folder, options, logging.NullHandler()) as app:
        return app.config


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


def _message(error: Exception) -> str:
    """Return the error in the settings, and its file."""
    files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    files += [error.filename or ""] if isinstance(error, SyntaxError) else []
    where = [file for file in files if file.endswith("_config.py")] or ["the command line"]
    return f"nbgrader's settings cannot be read ({type(error).__name__}: {error}): mend {where[-1]}"


def _is_news(record: logging.LogRecord) -> bool:
    """Return whether nbgrader's record is logged: a course needs no settings of its own."""
    return not record.getMessage().startswith("No nbgrader_config.py file found")


class _Last(logging.Handler):
    """Keeps the last critical record's text."""

    def __init__(self) -> None:
        super().__init__(logging.CRITICAL)
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record's text."""
        self.text = record.getMessage()
