"""Where the gradebook is, a file or a database server, and whether it can be written to."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from nbgrader.converters.base import NbGraderException
from sqlalchemy import Engine, create_engine, inspect, make_url, text
from sqlalchemy.exc import (
    ArgumentError,
    NoSuchModuleError,
    OperationalError,
    SQLAlchemyError,
)

PATIENCE = 5.0  # seconds, for another program to let go of a file
WAITING = 60.0  # seconds, for the same, in the middle of a run
ANSWERING = 5  # seconds, for a server
ADDRESS = (
    "a gradebook's address must be like sqlite:///gradebook.db or postgresql://user@host/database: "
    "see CourseDirectory.db_url in nbgrader_config.py, or --db"
)
EXTRA = "pip install 'autograder[postgres]'"


def file_of(url: str) -> Path | None:
    """Return the file that a gradebook's address names; None if it is a server's address."""
    kind, _, path = url.partition(":///")
    return Path(path.partition("?")[0]) if kind == "sqlite" else None


def is_there(url: str) -> bool:
    """Tell whether there is a gradebook at this address; nothing is made for that.

    Raises
    ------
    NbGraderException
        Here and in `check_writable`, if a server does not answer, or cannot be asked.
    """
    if (path := file_of(url)) is not None:
        return path.is_file()
    with _asked(url) as engine:
        return inspect(engine).has_table("student")


def check_writable(url: str) -> None:
    """Check that a gradebook can be written to, if there is one, and change nothing."""
    if (path := file_of(url)) is not None:
        _check_file(path)
        return
    with _asked(url) as engine, engine.connect() as connection:  # which takes back what was done
        if inspect(connection).has_table("student"):
            connection.execute(text("UPDATE student SET id = id WHERE 1 = 0"))


def patient(url: str) -> str:
    """Return the address with which each connection to a file waits for other programs."""
    is_plain = file_of(url) is not None and "?" not in url
    return f"{url}?timeout={WAITING:g}" if is_plain else url  # SQLAlchemy's own option


def trouble(error: OperationalError) -> str:
    """Return what is wrong with a gradebook that could not be written to, and the remedy."""
    if not isinstance(error.orig, sqlite3.Error):
        cause = (str(error.orig).splitlines() or [""])[0]
        return f"the gradebook's server must answer ({cause}): see to it, and grade again"
    if "full" in str(error.orig):
        return "there must be room on the disk for the gradebook: make room, and grade again"
    return (
        "the gradebook must be free to be written to: close what else is using it, and grade again"
    )


def _check_file(path: Path) -> None:
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as file:
            file.execute("BEGIN IMMEDIATE")
            # to begin is granted even where the file may not be written to
            file.execute("CREATE TABLE writable (written)")
            file.execute("ROLLBACK")
    except sqlite3.Error as error:
        raise NbGraderException(
            f"{path} must be a gradebook that can be written to ({error}): close what else is "
            "using it, or see who may write to it, and grade again"
        ) from error


@contextmanager
def _asked(url: str) -> Iterator[Engine]:
    try:
        known = make_url(url)
    except ArgumentError:
        raise NbGraderException(ADDRESS) from None  # it is not shown: it may hold a password
    shown = known.render_as_string(hide_password=True)
    is_postgres = known.get_backend_name() == "postgresql"
    try:
        engine = create_engine(
            known, connect_args={"connect_timeout": ANSWERING} if is_postgres else {}
        )
    except NoSuchModuleError as error:
        raise NbGraderException(f"{shown} cannot be a gradebook ({error}): {ADDRESS}") from error
    except ModuleNotFoundError as error:
        raise NbGraderException(f"{shown} needs the package {error.name}: {EXTRA}") from error
    try:
        yield engine
    except SQLAlchemyError as error:
        cause = (str(getattr(error, "orig", error)).splitlines() or [""])[0]
        raise NbGraderException(
            f"{shown} must be a gradebook that can be written to ({cause}): see that its server is "
            "running, and who may write there, and try again"
        ) from error
    finally:
        engine.dispose()
