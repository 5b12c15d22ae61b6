"""A walk through a folder that a student has shaped ends at its bounds, and says so."""

import pytest

from autograder.files.bounded_walk import MAX_DEPTH, BoundedWalk
from tests.autograder.support.shape import nest, spread

pytestmark = pytest.mark.usefixtures("removed")


def test_all_within_the_bounds_is_yielded_parents_first(tmp_path):
    """Files and folders, hidden ones too."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / ".c").touch()
    walk = BoundedWalk(tmp_path)
    found = [path.relative_to(tmp_path).as_posix() for path in walk]
    assert found[0] == "a"
    assert sorted(found) == ["a", "a/.c", "a/b"]
    assert walk.is_whole


def test_links_are_yielded_and_not_followed(tmp_path):
    """A link to a folder around it would never end."""
    (tmp_path / "loop").symlink_to(tmp_path)
    assert [*BoundedWalk(tmp_path)] == [tmp_path / "loop"]


@pytest.mark.parametrize(("name", "depth"), [("a", 3000), ("n" * 250, 20)])
def test_too_deep_a_folder_is_named_and_not_entered(tmp_path, name, depth):
    """By the number of folders, or by the length of a path."""
    nest(tmp_path, depth, name)
    walk = BoundedWalk(tmp_path)
    found = [*walk]
    assert found[-1] == walk.too_deep[0]
    assert len(found) <= MAX_DEPTH
    assert not walk.is_whole


def test_too_many_entries_are_not_yielded(tmp_path):
    """The bound itself is not too many."""
    spread(tmp_path, 10)
    walk = BoundedWalk(tmp_path, most=9)
    assert len([*walk]) == 9
    assert not walk.is_whole
    assert len([*BoundedWalk(tmp_path, most=10)]) == 10


def test_what_lies_near_the_top_comes_before_what_is_much(tmp_path):
    """So a notebook in a subfolder is found beside a folder that uses up the bound."""
    (tmp_path / "work" / "a").mkdir(parents=True)
    spread(tmp_path / "work" / "a", 20)
    (tmp_path / "work" / "z.ipynb").touch()
    assert tmp_path / "work" / "z.ipynb" in [*BoundedWalk(tmp_path, most=5)]


def test_what_is_left_out_does_not_count(tmp_path):
    """Nor is it entered."""
    spread(tmp_path, 20, ".")
    (tmp_path / ".0" / "x").touch()
    (tmp_path / "a").touch()
    walk = BoundedWalk(tmp_path, most=1, leaves_out=lambda path: path.name.startswith("."))
    assert [*walk] == [tmp_path / "a"]
    assert walk.is_whole


def test_what_vanishes_meanwhile_ends_nothing(tmp_path):
    """A caller may move away what it was given."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    walk = iter(BoundedWalk(tmp_path))
    (next(walk) / "b").rmdir()
    (tmp_path / "a").rmdir()
    assert [*walk] == []
