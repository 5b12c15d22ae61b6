"""Cells: each statement runs by itself, magics do no harm, and answers take precedence."""

import pytest

from autograder.worker import cells
from autograder.worker.cells import Notebook, describe
from tests.autograder.worker.conftest import run


def causes(notebook):
    return [(r["cell"], r["line"], r["cause"]) for r in notebook.remarks]


def test_a_failed_statement_costs_itself_alone():
    """An exception becomes a remark with its place, and later statements run."""
    notebook = run("a = 1\n\nb = a / 0\nc = 3", "d = missing\ne = 5")
    assert causes(notebook) == [
        (0, 3, "ZeroDivisionError: division by zero"),
        (1, 1, "NameError: name 'missing' is not defined"),
    ]
    assert (notebook["a"], notebook["c"], notebook["e"]) == (1, 3, 5)


@pytest.mark.parametrize(
    ("statement", "cause"),
    [
        ("import sys; sys.exit('done')", "SystemExit: done"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt: "),
        ("raise GeneratorExit", "GeneratorExit: "),
        ("return 3", "SyntaxError: 'return' outside function (<cell 0>, line 1)"),
        ("def f(): return f()\nf()", "RecursionError: maximum recursion depth exceeded"),
    ],
)
def test_nothing_a_statement_raises_ends_the_run(statement, cause):
    """Even after `sys.exit()`, the next cell runs."""
    notebook = run(statement, "after = 1")
    assert [remark["cause"] for remark in notebook.remarks] == [cause]
    assert notebook["after"] == 1


def test_an_exception_that_cannot_be_printed_is_named_by_its_type():
    """An exception whose `__str__` raises is still described."""

    class BadError(Exception):
        def __str__(self):
            raise SystemExit

    assert describe(BadError()) == "BadError"


def test_a_description_is_short():
    """An exception's text is cut to a fixed length."""
    assert len(describe(ValueError("x" * 10**6))) == 300


@pytest.mark.parametrize("source", ["def f(:\n  pass", "x = (1", "  x = 1\n y", "a\0b", "(" * 300])
def test_a_cell_that_is_no_python_is_left_out(source):
    """A cell that cannot be parsed gives one remark, and the other cells run."""
    notebook = run("before = 1", source, "after = 1")
    [remark] = notebook.remarks
    assert remark["cell"] == 1
    assert remark["cause"].startswith(
        ("SyntaxError: ", "IndentationError: ", "ValueError: source code")
    )
    assert notebook["before"] == notebook["after"] == 1


def test_the_number_of_remarks_is_bounded():
    """A notebook of a thousand errors gives a hundred remarks."""
    assert len(run("\n".join(["missing"] * 1000)).remarks) == 100


def test_future_imports_hold_for_what_follows():
    """As in Jupyter, they hold for the rest of their cell and for all later cells."""
    later = "def g(x: missing): pass\ng.__annotations__"  # from Python 3.14 on, looked up here
    notebook = run(later, f"from __future__ import annotations\n{later}", later)
    assert {r["cell"] for r in notebook.remarks} == {0}
    assert notebook["g"].__annotations__ == {"x": "missing"}


def test_a_statement_may_wait():
    """`await` at the top of a cell works, and all such statements share one loop."""
    notebook = run(
        "import asyncio\nlock = asyncio.Lock()\nasync def f():\n    async with lock:\n"
        "        await asyncio.sleep(0)\n    return asyncio.get_running_loop()",
        "first = await f()\nsecond = [await f() for _ in range(2)]",
    )
    assert notebook.remarks == []
    assert notebook["second"] == [notebook["first"]] * 2


def test_what_fails_while_it_waits_is_noted():
    """An exception in a coroutine belongs to its statement."""
    notebook = run("async def f():\n    1 / 0\nx = await f()\ny = 2")
    assert causes(notebook) == [(0, 3, "ZeroDivisionError: division by zero")]
    assert notebook["y"] == 2


def test_statements_are_announced_before_they_run():
    """Each statement is announced by its cell and line before it runs, a compound one once."""
    announced = []
    source = "a = 1\nfor i in range(2):\n    a += i"
    notebook = Notebook()
    notebook.run(
        [{"source": source, "role": "own"}, {"source": "b = a\nmissing", "role": "own"}],
        set(),
        lambda *place: announced.append((*place, notebook.module.__dict__.get("a"))),
        definitions_only=False,
    )
    assert announced == [(0, 1, None), (0, 2, 1), (1, 1, 2), (1, 2, 2)]


def test_skipped_statements_are_left_out():
    """A skipped statement is neither announced nor run."""
    notebook = run("a = 1\na = 2", "b = 3", skip={(0, 2), (1, 1)})
    assert notebook.announced == [(0, 1)]
    assert notebook["a"] == 1
    with pytest.raises(NameError):
        notebook["b"]


def test_definitions_alone_may_run():
    """With `definitions_only`, only statements that define a name run."""
    source = """\
import math
from math import pi
class A: pass
def f(): pass
async def g(): pass
x = 1
y: int = 2
try:
    import json
except ImportError:
    json = None
if True:
    z = 3
while True:
    pass
for i in range(3):
    w = i
print("talk")
x += 1
del x
"""
    notebook = run(source, definitions_only=True)
    assert [line for _, line in notebook.announced] == [1, 2, 3, 4, 5, 6, 7, 8, 12]
    assert notebook["x"] == 1


def test_an_answer_outlasts_a_later_redefinition():
    """The definition in an answered solution cell counts, even if another cell redefines the name."""
    notebook = run("def f(): return 'given'", "def f(): return 'answer'", "f = 3", answers={1})
    assert notebook["f"]() == "answer"


def test_of_two_answers_the_later_one_counts():
    """A later answer may redefine a name of an earlier one."""
    assert run("x = 1", "x = 2", answers={0, 1})["x"] == 2


def test_an_answer_holds_what_its_own_cell_defines():
    """A name that an answer only uses has its latest definition."""
    notebook = run("helper = 1", "def f(): return helper", "helper = 2", answers={1})
    assert notebook["helper"] == 2
    assert notebook["f"]() == 2


def test_a_name_without_an_answer_comes_from_the_namespace():
    """If a stub is unchanged, a class elsewhere in the notebook may be the answer."""
    notebook = run("class A: solved = False", "class A: solved = True")
    assert notebook["A"].solved


def test_a_name_that_nobody_defines_is_a_key_error():
    """An unknown name is an error."""
    with pytest.raises(NameError):
        run("x = 1")["y"]


def test_the_notebook_is_the_main_module():
    """`if __name__ == "__main__"` is true, and `display` and `get_ipython` are defined."""
    notebook = run(
        'if __name__ == "__main__":\n    x = 1\n'
        "display(x)\nget_ipython().run_line_magic('matplotlib', 'inline')"
    )
    assert notebook.remarks == []
    assert notebook["x"] == 1


ANSWER = "def answer():\n    raise SystemExit('hangs, or worse')"


def test_given_cells_do_not_demonstrate_the_answers():
    """A statement of a given cell that would run an answer, even indirectly, is skipped."""
    shown = "def show(times):\n    return answer() * times\n\nvalue = show(2)\nmore = value + 1"
    notebook = run(ANSWER, shown, answers=[0], given=[1])
    assert notebook.remarks == []
    assert "value" not in notebook.module.__dict__
    assert "more" not in notebook.module.__dict__


def test_given_cells_still_give_what_answers_may_use():
    """Definitions of given cells without the answers are there, before and after the answers."""
    notebook = run("scale = 2", ANSWER, "offset = scale + 1", answers=[1], given=[0, 2])
    assert (notebook["scale"], notebook["offset"]) == (2, 3)


def test_own_cells_may_do_as_they_like_with_the_answers():
    """The student's own cells run completely: a method added to an answered class counts."""
    notebook = run("class A:\n    pass", "A.method = lambda self: 3", answers=[0])
    assert notebook["A"]().method() == 3


@pytest.mark.parametrize("stub", [0, 1], ids=["stub first", "stub last"])
def test_a_stub_takes_nothing_from_another_cell(stub):
    """A class in a cell of its own counts, wherever the unsolved stub is."""
    sources = ["answer = 'written'"]
    sources.insert(stub, "answer = 'stub'")
    assert run(*sources, stubs=[stub])["answer"] == "written"


def test_a_stub_alone_is_what_there_is():
    """Without another definition, the stub is graded, and says that nothing was written."""
    assert run("answer = 'stub'", stubs=[0])["answer"] == "stub"


def test_what_is_given_stays_given():
    """A later import of the same name does not replace a given definition."""
    notebook = run("Linear = 'given'", "from torch.nn import Linear", given=[0])
    assert notebook["Linear"] == "given"


def test_names_keep_what_they_stand_for_at_the_graded_cell():
    """A helper that a later cell redefines has its old value, and a later helper is defined."""
    use = "def answer():\n    return helper() + late()"
    late = "helper = 3\ndef late():\n    return 2"
    notebook = run("def helper():\n    return 1", use, late, answers=[1], graded={"test_answer": 2})
    with pytest.raises(TypeError):
        notebook["answer"]()
    notebook.enter("test_answer")
    assert notebook["answer"]() == 3


def test_each_graded_cell_has_its_own_state():
    """This holds after other items were entered and names were redefined."""
    notebook = run("x = 1", "x = 2", "x = 3", graded={"first": 1, "second": 2, "last": 3})
    seen = []
    for name in ("second", "first", "last", "none", "first"):
        notebook.enter(name)
        seen.append(notebook["x"])
        notebook.module.x = "rebound"
    assert seen == [2, 1, 3, 3, 1]


def test_a_stub_at_the_graded_cell_gives_way_to_a_later_class():
    """The value of an unsolved stub does not replace a class in a later cell."""
    notebook = run("answer = 'stub'", "answer = 'written'", stubs=[0], graded={"test_answer": 1})
    notebook.enter("test_answer")
    assert notebook["answer"] == "written"


def test_only_a_guarded_import_is_strict():
    """After a `try:` at the end of a notebook, imports in graded code do nothing as usual."""
    assert run("try:\n    import missing\nexcept ImportError:\n    x = 1")["x"] == 1
    assert cells.policy.strict_imports is False


def test_a_name_whose_cell_is_no_python_is_missing_for_that_reason():
    """The line to correct is in the error; a cell that only uses the name is no reason."""
    notebook = run("class Layer:\n    def f(self:\n        pass", "x = (Layer", "y = (1")
    with pytest.raises(
        NameError, match=r"^Layer is not defined in the notebook: SyntaxError: .*2\)$"
    ):
        notebook["Layer"]
    with pytest.raises(NameError, match=r"^other is not defined in the notebook$"):
        notebook["other"]
