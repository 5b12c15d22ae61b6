"""Unreachable code: a remark names each place that an answer may depend on, and what to do."""

import pytest

from autograder.course.submission import Submission
from autograder.intake import unreachable
from tests.autograder.support.tiny import IDENTITY, RIGHT, STUB, handed_in

IMPORTED = "from own_file import Scaler"


@pytest.fixture
def remarks_on(tiny):
    """A function that returns the remarks on an answer and cells behind it."""
    return lambda *sources: unreachable.remarks(
        tiny, Submission.from_notebook(handed_in(tiny, *sources))
    )


DELETE = ", so nothing in this cell is defined: delete that line if it is code"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("%%bash", "gives the cell to another program"),
        ("%%python3", "gives the cell to another program"),
        ("%%script bash", "gives the cell to another program"),
        ("%%html", "shows the cell and does not run it"),
        ("%%javascript", "shows the cell and does not run it"),
        ("%%writefile own_file.py", "writes the cell to a file and does not run it"),
        ("%%timeit -n 1", "keeps nothing of what the cell defines"),
        ("%%time x = 1", "takes no code in its own line"),
        ("%%nonsense", "is not known to grading, which has IPython's own magics only"),
        ("%%time\n%%html", "shows the cell and does not run it"),
    ],
)
def test_a_magic_over_an_answer_is_named(remarks_on, line, why):
    """In its own cell, and in another that has the class."""
    shown = line.rpartition("\n")[2]
    assert remarks_on(f"{line}\n{RIGHT}") == [f"cell `scaler`: `{shown}` {why}{DELETE}"]
    assert remarks_on(STUB, f"{line}\n{RIGHT}") == [f"code cell 4: `{shown}` {why}{DELETE}"]


@pytest.mark.parametrize(
    "source",
    [
        "%%time\nx = 1",
        "%%capture out\nx = 1",
        "%%bash\nls",
        "%%html\n<b>x</b>",
        "%%writefile notes.txt\nx",
        "%%timeit\nx = 1",
        "%matplotlib inline\n!ls\nlist?",
        "import seaborn as sns\nfrom tqdm import tqdm",
        "try:\n    from own_file import Scaler\nexcept ImportError:\n    pass",
        "from torch.nn import Scaler",
        "from scaling import Scaling as Scaler",
        "def broken(",
    ],
)
def test_code_that_no_answer_depends_on_has_no_remark(remarks_on, source):
    """A notebook may have any of these beside its answers."""
    assert remarks_on(RIGHT, source) == []


def test_a_helper_that_an_answer_uses_has_a_remark(remarks_on):
    """A cell that does not run gets a remark if it defines a name that an answer uses."""
    answer = RIGHT.replace("x * self.factor", "helper(x)")
    helper = "%%writefile own_file.py\ndef helper(x):\n    return x"
    [remark] = remarks_on(answer, helper)
    assert remark.startswith("code cell 4: `%%writefile own_file.py` writes the cell to a file")
    assert remarks_on(RIGHT, helper) == []
    assert remarks_on(RIGHT, helper, "import own_file") != []


@pytest.mark.parametrize("line", ["%run own_file.py", "%load own_file.py", "%run -i other.ipynb"])
def test_a_file_that_is_read_is_named(remarks_on, line):
    """With any content."""
    remark = "reads code from a file, which grading does not do: import the file, or copy that code into the notebook"
    assert remarks_on(f"{line}\n{RIGHT}") == [f"cell `scaler`: `{line}` {remark}"]
    assert remarks_on(RIGHT, f"x = 1\n{line}") == [f"code cell 4: `{line}` {remark}"]


ADVICE = "which grading does not have: if it is a file of your own, hand it in beside the notebook"


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (IMPORTED, "`Scaler` comes from `own_file`"),
        ("from own.deep import Other as Scaler", "`Scaler` comes from `own.deep`"),
        (f"from own import *\n{IDENTITY}", "everything comes from `own`"),
        ("from own import Base\nclass Scaler(Base):\n    pass", "`Base` comes from `own`"),
        (f"import own\n{RIGHT.replace('x *', 'own.f(x) *')}", "`own` comes from `own`"),
    ],
)
def test_what_comes_from_a_students_own_file_is_named(remarks_on, answer, what):
    """A class, a base, or a helper that the answer uses."""
    assert remarks_on(answer) == [f"cell `scaler`: {what}, {ADVICE}"]


def test_remarks_are_few_and_printable(remarks_on):
    """A student's text is cut, and has no control characters."""
    remarks = remarks_on(*[f"%%nonsense {'x' * 5000}\x1b[31m`\n{RIGHT}"] * 200)
    assert len(remarks) <= 100
    assert all(remark.isprintable() and len(remark) < 400 for remark in remarks)
    assert len(remarks_on(RIGHT, "%run own.py\n" * 50)) == 3


def test_a_class_imported_elsewhere_is_named(remarks_on):
    """The import may be in any cell of the student's."""
    assert remarks_on(STUB, IMPORTED) == [f"code cell 4: `Scaler` comes from `own_file`, {ADVICE}"]
