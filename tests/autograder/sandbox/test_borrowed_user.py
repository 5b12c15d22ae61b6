"""A borrowed user: each worker has another one, in all processes."""

import socket
import sys

import pytest

from autograder.sandbox import borrowed_user
from autograder.sandbox.borrowed_user import NAME, BorrowedUser

FEW = range(61_000, 61_003)
if sys.platform != "linux":
    pytest.skip("workers become other users on Linux alone", allow_module_level=True)


@pytest.fixture(autouse=True)
def _own_names(monkeypatch, tmp_path):
    monkeypatch.setattr("autograder.sandbox.borrowed_user.NAME", f"{NAME}-{tmp_path.name}")


def test_no_two_have_the_same():
    """There may be few users; a user that is given back can be borrowed again."""
    several = [BorrowedUser(FEW) for _ in FEW]
    assert {one.number for one in several} == {*FEW}
    with pytest.raises(OSError, match="each of the 3 users for workers is in use"):
        BorrowedUser(FEW)
    several[1].give_back()
    again = BorrowedUser(FEW)
    assert again.number == several[1].number
    for one in (again, several[0], several[2]):
        one.give_back()


def test_another_process_has_another():
    """A number is held by the system, so all graders on a machine see it."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as theirs:
        theirs.bind(borrowed_user.NAME.format(61_000))
        mine = BorrowedUser(FEW[:2])
        assert mine.number == 61_001
        mine.give_back()
