"""Remarks: those of one kind are shown once."""

from autograder.grading.remarks import grouped


def test_remarks_of_several_kinds_stay_as_they_are():
    """They keep their order, each once."""
    assert grouped(["b", "a", "b"]) == ("b", "a")
    assert grouped([]) == ()


def test_many_of_one_kind_are_one():
    """The first is shown with the number of the others, which differ in names and numbers only."""
    many = [
        f"code cell {n}, line {n + 1}: NameError: name 'x{n}' is not defined" for n in range(60)
    ]
    assert grouped(["first", *many, "last `a`"]) == (
        "first",
        f"{many[0]} (and 59 more remarks of this kind)",
        "last `a`",
    )


def test_a_few_remarks_of_one_kind_are_all_shown():
    """Three are short enough to read."""
    few = [f"cell `{name}` exists 2 times" for name in "abc"]
    assert grouped(few) == tuple(few)
