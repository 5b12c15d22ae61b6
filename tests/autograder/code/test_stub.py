"""Stubs: what still raises as released is no answer, whatever else was touched in it."""

import pytest

from autograder.code.stub import stub_of

STUB = '''\
class Layer(Base):
    """A layer."""

    def __init__(self, p):
        self.p = p

    def __call__(self, x):
        """Return y."""
        # YOUR CODE HERE
        raise NotImplementedError()

    def backward(self, grad):
        # YOUR CODE HERE
        raise NotImplementedError()
'''
SOLVED = STUB.replace("raise NotImplementedError()", "return 1")
RAISE = "        raise NotImplementedError()"
UNANSWERED = {
    "as released": STUB,
    "empty": " \n",
    "only a comment": "# class Layer is below",
    "only text": "'''class Layer is below'''",
    "with blanks": STUB.replace("\n", "  \n"),
    "with Windows's lines": STUB.replace("\n", "\r\n"),
    "with comments": STUB.replace("# YOUR CODE HERE", "# TODO later"),
    "with another docstring": STUB.replace('"""Return y."""', '"""Give y back."""'),
    "without docstrings": STUB.replace('"""Return y."""', "").replace('"""A layer."""', ""),
    "with a print": STUB.replace(RAISE, f"        print('called')\n{RAISE}"),
    "with a print behind": f"{STUB}\nprint(Layer)",
    "with a pass": STUB.replace(RAISE, f"        pass\n{RAISE}"),
    "with a message": STUB.replace("Error()", "Error('todo')"),
    "without brackets": STUB.replace("Error()", "Error"),
    "with another variable": STUB.replace("grad", "grad_output").replace("self.p", "self.rate"),
    "with work before it": STUB.replace(RAISE, f"        h = self.layer(x)\n{RAISE}"),
    "with an answer behind it": STUB.replace(RAISE, f"{RAISE}\n        return self.layer(x)"),
    "with a function in it": STUB.replace(
        RAISE, f"        def f():\n            return 1\n{RAISE}"
    ),
    "with a helper": f"def helper():\n    return 1\n\n{STUB}",
    "with a try-out": f"{STUB}\nlayer = Layer(3)\nlayer(3)",
    "without a method": STUB[: STUB.index("    def backward")],
    "within an if": "if True:\n" + "".join(f"    {line}\n" for line in STUB.splitlines()),
}
ANSWERED = {
    "solved": SOLVED,
    "half solved": STUB.replace("raise NotImplementedError()", "return 1", 1),
    "with the raise left behind": STUB.replace(RAISE, f"        return 1\n{RAISE}"),
    "in one case": STUB.replace(RAISE, f"        if x:\n            return 1\n{RAISE}"),
    "another error": STUB.replace("NotImplementedError", "ValueError"),
    "written again below": f"{STUB}\n{SOLVED}",
    "a method put in": f"{STUB}\ndef call(self, x):\n    return 1\n\nLayer.__call__ = call",
    "a method set": f"{STUB}\nsetattr(Layer, '__call__', print)",
    "a method by a decorator": f"{STUB}\n@patch(Layer)\ndef call(self, x):\n    return 1",
    "rebound": f"{STUB}\nLayer = make()",
    "imported over": f"{STUB}\nfrom own import Layer",
    "imported": "from own import Layer",
    "inherited": f"class Base:\n    def __call__(self, x):\n        return 1\nclass Layer(Base): pass\n# {RAISE}",
    "methods assigned": f"{STUB}\n    __call__ = backward = lambda self, x: 1",
    "broken": f"{STUB}\ndef (",
    "too large to look at": f"{STUB}\n{'#' * 300_000}",
}  # fmt: skip


@pytest.mark.parametrize("python", UNANSWERED.values(), ids=UNANSWERED)
def test_what_still_raises_is_no_answer(python):
    """Nothing in the cell can return where the release raises."""
    assert stub_of(STUB).is_unanswered(python)


@pytest.mark.parametrize("python", ANSWERED.values(), ids=ANSWERED)
def test_whatever_may_return_is_an_answer(python):
    """One method is enough, and so is anything that gives the class another meaning."""
    assert not stub_of(STUB).is_unanswered(python)


def test_what_is_left_of_a_stub_is_known():
    """By the names of the methods that can do nothing but raise."""
    assert stub_of(STUB).raising == {"Layer.__call__", "Layer.backward"}
    assert stub_of(STUB).still_raising(ANSWERED["half solved"]) == {"Layer.backward"}
    assert stub_of(STUB).still_raising(SOLVED) == set()


def test_a_stub_without_a_function_is_known_too():
    """Where the release raises in the cell itself, new statements before it are an answer."""
    stub = stub_of("import numpy\n# YOUR CODE HERE\nraise NotImplementedError()")
    assert stub.is_unanswered("print('x')\nimport numpy  # mine\nraise NotImplementedError")
    assert not stub.is_unanswered("import numpy\nx = 3\nraise NotImplementedError()")
    assert not stub.is_unanswered("x = 3")


def test_a_stub_that_does_not_raise_is_compared_as_a_tree():
    """A course may have released `pass`, or anything else."""
    stub = stub_of("def f(x):\n    # YOUR CODE HERE\n    pass")
    assert stub.is_unanswered("def f(x):\n    '''Mine.'''\n    pass  # later")
    assert not stub.is_unanswered("def f(x):\n    return 1")


def test_deep_code_is_no_error():
    """What Python itself cannot read is not the stub."""
    for deep in (
        "-" * 50_000 + "1",
        "x = " + "(" * 500,
        "\n".join(" " * n + "if x:" for n in range(200)),
    ):
        assert not stub_of(STUB).is_unanswered(f"{STUB}\n{deep}")
        assert not stub_of("def f(): pass").is_unanswered(deep)
