"""A gradebook that a database server keeps, such as PostgreSQL, and not a file."""

from collections.abc import Iterator
from contextlib import contextmanager

from nbgrader.converters.base import NbGraderException
from sqlalchemy import Engine, create_engine, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

ANSWERING = 5  # seconds
ADDRESS = (
    "a gradebook's address must be like sqlite:///gradebook.db or postgresql://user@host/database: "
    "see CourseDirectory.db_url in nbgrader_config.py, or --db"
)
EXTRA = "pip install 'autograder[postgres]'"


def is_kept_by_server(url: str) -> bool:
    """Tell whether a gradebook's address is a server's."""
    return not url.startswith("sqlite:")


def is_there(url: str) -> bool:
    """Tell whether a server has a gradebook at this address; nothing is made for that.

    Raises
    ------
    NbGraderException
        Here and in `check_writable`, if the server does not answer, or cannot be asked.
    """
    with _asked(url) as engine:
        return inspect(engine).has_table("student")


def check_writable(url: str) -> None:
    """Check that a server's gradebook can be written to, if there is one, and change nothing."""
    with _asked(url) as engine, engine.connect() as connection:  # which takes back what was done
        if inspect(connection).has_table("student"):
            connection.execute(text("UPDATE student SET id = id WHERE 1 = 0"))


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
