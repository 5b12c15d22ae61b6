"""The gradebook: what is wrong with it is told with a remedy, and without its password."""

import sqlite3
import sys

import pytest
from nbgrader.converters.base import NbGraderException
from sqlalchemy.exc import OperationalError

from autograder.gradebook import check_writable, file_of, is_there, trouble


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("sqlite:///gradebook.db", False),
        ("sqlite:////course/gradebook.db?timeout=60", False),
        ("postgresql://user@host/course", True),
        ("postgresql+psycopg://user@host/course", True),
        ("postgresql+psycopg://user@/course?host=/run", True),
    ],
)
def test_a_file_is_no_server(url, found):
    """Any address but SQLite's is that of a server."""
    assert (file_of(url) is None) is found


def test_a_server_that_does_not_answer_is_told():
    """The error names the address without its password, and the remedy."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    with pytest.raises(NbGraderException) as error:
        check_writable("postgresql+psycopg://me:sesame@127.0.0.1:1/course")
    told = str(error.value)
    assert told.startswith("postgresql+psycopg://me:***@127.0.0.1:1/course must be a gradebook")
    assert "see that its server is running" in told
    assert "sesame" not in told
    assert "\n" not in told


def test_without_a_driver_the_extra_is_named(monkeypatch):
    """Without the package that speaks to a server, an error says what to install."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(NbGraderException, match=r"pip install 'autograder\[postgres\]'") as error:
        is_there("postgresql+psycopg://me:sesame@host/course")
    assert "sesame" not in str(error.value)


@pytest.mark.parametrize("url", ["me:sesame@host", "postgresql:/me:sesame@host"])
def test_what_is_no_address_is_told(url):
    """A text that is no address is not repeated: there may be a password in it."""
    with pytest.raises(NbGraderException, match="must be like") as error:
        is_there(url)
    assert "sesame" not in str(error.value)


def test_an_unknown_database_is_told():
    """A kind of database that nobody knows is told in words."""
    with pytest.raises(NbGraderException, match="nonsense"):
        is_there("nonsense://me:sesame@host/course")


@pytest.mark.parametrize(
    ("told", "remedy"),
    [("database or disk is full", "make room"), ("database is locked", "close what else")],
)
def test_trouble_with_the_gradebook_comes_with_the_remedy(told, remedy):
    """In the words of the one who has to do something."""
    error = OperationalError("INSERT", {}, sqlite3.OperationalError(told))
    assert remedy in trouble(error)
