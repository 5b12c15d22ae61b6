"""Imports: each name with its module, and the statement for it alone."""

from autograder.adopt.imported import Imported, imported, used


def test_each_name_has_a_statement_of_its_own():
    """A name is the one that the code uses."""
    text = "import a.b as c, d\nfrom e.f import g, h as i\nfrom . import j\nif d:\n    import k\n"
    assert [*imported(text)] == [
        Imported("c", "a.b", "import a.b as c"),
        Imported("d", "d", "import d"),
        Imported("g", "e.f", "from e.f import g"),
        Imported("i", "e.f", "from e.f import h as i"),
        Imported("j", "", "from . import j"),
    ]


def test_used_names_are_those_in_the_code():
    """Attributes and names in texts are none."""
    assert used("class A(b.c):\n    'd'\n    e: f = g\n") == {"b", "e", "f", "g"}
