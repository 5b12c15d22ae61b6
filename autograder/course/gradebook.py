"""The gradebook's address, of a file or a database server, and whether it can be used."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from nbgrader.api import Assignment as Entered
from nbgrader.api import Base, Student
from nbgrader.converters.base import NbGraderException
from nbgrader.dbutil import ALEMBIC_DIR
from sqlalchemy import URL, Engine, Inspector, Table, create_engine, inspect, make_url, select, text
from sqlalchemy.exc import (
    ArgumentError,
    NoSuchModuleError,
    OperationalError,
    SQLAlchemyError,
)

from autograder.files import sharing

PATIENCE = 5.0  # seconds to wait until another program unlocks a file
WAITING = 60.0  # seconds to wait for the same in the middle of a run
ANSWERING = 5  # seconds to wait for a server
ADDRESS = (
    "a gradebook's address must be like sqlite:///grades.db or postgresql://user@host/database: "
    "see CourseDirectory.db_url in nbgrader_config.py, or --db"
)
EXTRA = "pip install 'nbgrader-autograder[postgres]'"
ITS_OWN = {"student", "assignment"}  # tables in every version of nbgrader's gradebook
NO_COURSE = "default_course"  # nbgrader's name for a course without a name


def file_of(url: str) -> Path | None:
    """Return the file that a gradebook's address names; None if it is a server's address.

    Raises
    ------
    NbGraderException
        Here and in the functions below, if there can be no gradebook at the address.
    """
    known = _parsed(url)
    return Path(known.database or "") if known.get_backend_name() == "sqlite" else None


def is_there(url: str) -> bool:
    """Return whether there is a gradebook at this address, after the checks of `check`."""
    if (path := file_of(url)) is not None and not _is_file(path, url):
        return False
    check(url)
    with _asked(url) as engine:
        return inspect(engine).has_table("student")


def check(url: str, course: str = "") -> None:
    """Check that this nbgrader can use the gradebook at this address, if there is one.

    Parameters
    ----------
    url : str
    course : str, optional
        The id of the course whose gradebook it must be.

    Raises
    ------
    NbGraderException
        If it is something else, or cannot be read. The text says what to do.
    """
    if (path := file_of(url)) is not None and not _is_file(path, url):
        return
    with _asked(url) as engine:
        found = inspect(engine)
        tables = {*found.get_table_names()}
        if not tables:
            return  # nbgrader makes its own in an empty database
        if not tables >= ITS_OWN:
            raise NbGraderException(
                f"{shown(url)} must be a gradebook, got a database of another program, with the "
                f"table {min(tables)}: name the gradebook with --db or CourseDirectory.db_url"
            )
        if any(_lacks_columns(found, table) for table in Base.metadata.sorted_tables):
            raise NbGraderException(
                f"{shown(url)} must be a gradebook of this version of nbgrader, got one of an "
                f"older version: make a copy of it, and run `nbgrader db upgrade{_option(url)}`"
            )
        if "alembic_version" in tables:
            _check_revision(engine, url)
        if course:
            _check_course(engine, url, course)


def students_in(url: str) -> set[str]:
    """Return the ids of a gradebook's students; none if there is no gradebook yet."""
    if (path := file_of(url)) is not None and not _is_file(path, url):
        return set()
    with _asked(url) as engine, engine.connect() as connection:
        if not inspect(connection).has_table("student"):
            return set()
        return {*connection.execute(select(Student.id)).scalars()}


def check_writable(url: str) -> None:
    """Check that a gradebook can be written or created, without changing it."""
    if (path := file_of(url)) is not None:
        _check_file(path, url)
        return
    with _asked(url) as engine, engine.connect() as connection:  # which rolls back at its end
        if inspect(connection).has_table("student"):
            connection.execute(text("UPDATE student SET id = id WHERE 1 = 0"))


def patient(url: str) -> str:
    """Return the address with an option: connections to a file wait for other programs."""
    is_plain = file_of(url) is not None and "?" not in url
    return f"{url}?timeout={WAITING:g}" if is_plain else url


def share(url: str) -> None:
    """Let the course's group write to a gradebook that is a file, if this user owns it."""
    if (path := file_of(url)) is not None and path.is_file():
        sharing.share(path)


def shown(url: str) -> str:
    """Return an address without its password and the option that `patient` adds."""
    return _parsed(url).difference_update_query(["timeout"]).render_as_string(hide_password=True)


def trouble(error: OperationalError) -> str:
    """Return why a gradebook could not be written, and what to do."""
    if not isinstance(error.orig, sqlite3.Error):
        cause = (str(error.orig).splitlines() or [""])[0]
        return f"the gradebook's server must answer ({cause}): start it, and grade again"
    if "full" in str(error.orig):
        return "there must be room on the disk for the gradebook: make room, and grade again"
    return (
        "the gradebook must be free to be written to: close what else is using it, and grade again"
    )


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        raise NbGraderException(ADDRESS) from None  # without the address: it may have a password


def _option(url: str) -> str:
    """Return the option that names a gradebook's file; empty for a server, for its password."""
    return f" --db={shown(url)}" if file_of(url) is not None else ""


def _is_file(path: Path, url: str) -> bool:
    """Return whether a gradebook's file exists; raise an error if it cannot be a gradebook."""
    if path.name in ("", ":memory:"):
        raise NbGraderException(f"{shown(url)} names no file that could be kept: {ADDRESS}")
    if path.is_dir():
        raise NbGraderException(f"{path} must be a gradebook, got a folder: {ADDRESS}")
    if not path.parent.is_dir():
        raise NbGraderException(
            f"{path} must be a gradebook, but there is no folder {path.parent}: make the folder, "
            "or name the gradebook with --db or CourseDirectory.db_url"
        )
    if path.exists() and not path.stat().st_size:
        raise NbGraderException(
            f"{path} must be a gradebook, got an empty file: put a copy of the gradebook in its "
            "place, or delete the file to begin with a new one"
        )
    return path.exists()


def _check_file(path: Path, url: str) -> None:
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise NbGraderException(
            f"{path.parent} must be a folder that can be written to, where the gradebook "
            f"{path.name} lies: give yourself the right with `chmod u+w {path.parent}`, or see "
            "who may write there"
        )
    if not _is_file(path, url):
        return
    if cause := sharing.unwritable(path):
        raise NbGraderException(f"{path} must be a gradebook that can be written to: {cause}")
    try:
        with closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as file:
            file.execute("BEGIN IMMEDIATE")
            # BEGIN succeeds even for a read-only file
            file.execute("CREATE TABLE writable (written)")
            file.execute("ROLLBACK")
    except sqlite3.Error as error:
        raise _unusable(url, str(error)) from error


def _lacks_columns(found: Inspector, table: Table) -> bool:
    """Return whether an existing table lacks columns; nbgrader creates missing tables itself."""
    if not found.has_table(table.name):
        return False
    known = {column["name"] for column in found.get_columns(table.name)}
    return not known.issuperset(column.name for column in table.columns)


def _check_revision(engine: Engine, url: str) -> None:
    """Check that this nbgrader knows the version of a gradebook's tables."""
    with engine.connect() as connection:
        found = {*connection.execute(text("SELECT version_num FROM alembic_version")).scalars()}
    # each file name begins with a revision
    known = {path.name.partition("_")[0] for path in Path(ALEMBIC_DIR, "versions").glob("*.py")}
    if unknown := sorted(found - known):
        raise NbGraderException(
            f"{shown(url)} must be a gradebook of this version of nbgrader, got one of a newer "
            f"version (revision {unknown[0]}): install the version of nbgrader that wrote it, or "
            "put a copy from before in its place"
        )


def _check_course(engine: Engine, url: str, course: str) -> None:
    """Check that a gradebook's assignments, if it has any, belong to the course."""
    with engine.connect() as connection:
        found = {*connection.execute(select(Entered.course_id).distinct()).scalars()}
    if found and not found & {course, NO_COURSE}:
        raise NbGraderException(
            f"{shown(url)} must be the gradebook of the course {course!r}, got that of "
            f"{min(found)!r}: name the gradebook with --db or CourseDirectory.db_url, or set "
            f"c.CourseDirectory.course_id = {min(found)!r} in nbgrader_config.py"
        )


@contextmanager
def _asked(url: str) -> Iterator[Engine]:
    known = _parsed(url)
    name = shown(url)
    options = {"sqlite": {"timeout": PATIENCE}, "postgresql": {"connect_timeout": ANSWERING}}
    kind = known.get_backend_name()
    try:
        engine = create_engine(known, connect_args=options.get(kind, {}))
    except NoSuchModuleError as error:
        raise NbGraderException(f"{name} cannot be a gradebook ({error}): {ADDRESS}") from error
    except ModuleNotFoundError as error:
        remedy = EXTRA if kind == "postgresql" else f"install it, or choose another: {ADDRESS}"
        raise NbGraderException(f"{name} needs the package {error.name}: {remedy}") from error
    try:
        yield engine
    except SQLAlchemyError as error:
        cause = (str(getattr(error, "orig", error)).splitlines() or [""])[0]
        raise _unusable(url, cause) from error
    finally:
        engine.dispose()


def _unusable(url: str, cause: str) -> NbGraderException:
    """Return an error that says why a gradebook cannot be used, and what to do."""
    path = file_of(url)
    if path is None:
        return NbGraderException(
            f"{shown(url)} must be a gradebook that can be written to ({cause}): see that its "
            "server is running, and who may write there, and try again"
        )
    if "locked" in cause:
        return NbGraderException(
            f"{path} must be a gradebook that nothing else is writing to ({cause}): close what "
            "else is using it, and try again"
        )
    if "not a database" in cause or "malformed" in cause:
        return NbGraderException(
            f"{path} must be a gradebook, got another kind of file, or a damaged one ({cause}): "
            "name the gradebook with --db or CourseDirectory.db_url, or put a copy in its place"
        )
    return NbGraderException(
        f"{path} must be a gradebook that can be read and written to ({cause}): give yourself the "
        f"right with `chmod u+rw {path}`, or see who may write to it, and try again"
    )
