"""What a student reads of an error in their method: its text, the line that led to it, advice."""

import dis
import linecache
import re
import traceback
from collections.abc import Callable
from difflib import get_close_matches
from types import FunctionType
from typing import Any

from visible_checks.case import BIAS, WEIGHTS

Shape = tuple[int, ...]
AFTER_EVALUATION = " after an evaluation pass"

# what an error says, and the advice
ADVICE = {
    r"KeyError: '(weights|bias)'": (
        "grads is empty until self.layer.backward(...) has set it: call that first"
    ),
    r"NameError: name '(mask|p|layer|training|coefficient|weights|bias|grads)'": (
        r"write self.\1 for what the layer keeps"
    ),
    r"NameError: name '(x|h|y)'": r"keep what backward needs, as in self.\1 = \1 in __call__",
    r"RecursionError": "the wrapped layer is self.layer: call that, not self",
    r"no attribute 'forward'": "a layer is called, as in self.layer(x)",
    r"TypeError: 'tuple' object cannot be interpreted as an integer": (
        "unpack a shape with a star, as in np.random.rand(*h.shape)"
    ),
    r"penalty\(\) missing": "penalty takes no argument but self: the weights are self.weights",
    r"KeyError: .*grads\[": "the entries of grads are 'weights' and 'bias'",
    r"'dict' object has no attribute '(\w+)'": r"write ['\1'] for the entry of a dictionary",
    r"bitwise_xor": "a power is written **, as in weights ** 2",
    r"NotImplementedError: \w+ must define (\w+)\(": (
        r"super() has no \1: use that of self.layer, the wrapped layer"
    ),
    r"'NoneType'": "something is None here: is a return missing, or was it never set?",
}


def told(
    error: Exception, method: Callable[..., Any] | None, where: str = "", rows: int = 0
) -> str:
    """Return an error, the line of the student's cell that led to it, and advice.

    Parameters
    ----------
    error : Exception
    method : callable
        The student's method that was called.
    where : str
        The call, such as "Dropout(p=0.6).backward".
    rows : int
        Of the array that the method got; 0 if it got none.
    """
    text = f"{type(error).__name__}: {' '.join(str(error).split())}".removesuffix(": ")
    cell = getattr(getattr(method, "__code__", None), "co_filename", "")
    lines = [
        linecache.getline(frame.filename, frame.lineno or 0).strip()
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == cell
    ]
    line = lines[-1] if lines else ""
    layer = getattr(method, "__self__", None)
    advice = ""
    if isinstance(error, AttributeError):
        advice = _of_attribute(error, layer, where)
    elif isinstance(error, ValueError):
        advice = _of_shapes(text, where, rows, layer, line)
    elif isinstance(error, TypeError):
        advice = _of_none(text, layer, line)
    at = f" in the line `{line}`" if line else ""
    for pattern, known in ADVICE.items():
        if not advice and (found := re.search(pattern, text + at)):
            advice = found.expand(known)
    return f"{text}{at}{': ' * bool(advice)}{advice}"


def _of_attribute(error: AttributeError, layer: Any, where: str) -> str:
    """Return the name that was probably meant, or that no pass has set it."""
    missing = error.name or ""
    path = {id(layer): "self.", id(getattr(layer, "layer", None)): "self.layer."}.get(
        id(error.obj), ""
    )
    names = [name for name in dir(error.obj) if not name.startswith("__")]
    close = [name for name in names if missing[1:] and name.startswith(missing)]
    close += get_close_matches(missing, names)
    is_own = error.obj is layer
    if close and path and not (is_own and missing in _assigned(type(layer))):
        return f"did you mean {path}{close[0]}?"
    if not is_own:
        return ""
    if ".penalty" in where:
        return "no pass needs to come before penalty: self.coefficient and self.weights are enough"
    if AFTER_EVALUATION in where:
        return f"an evaluation pass should set self.{missing}, too"
    return f"no pass before this one has set self.{missing}"


def _of_none(text: str, layer: Any, line: str) -> str:
    """Return which attribute in a line is None, if the error is about None."""
    attributes = re.findall(r"\bself\.(\w+)", line) if "'NoneType'" in text else []
    for name in attributes:
        if getattr(layer, name, "") is None:
            return f"self.{name} is None here, but each forward pass should set it"
    return ""


def _assigned(layer_class: type) -> set[str]:
    """Return the names of the attributes that the methods of a class assign."""
    return {
        instruction.argval
        for base in layer_class.__mro__
        for method in vars(base).values()
        if isinstance(method, FunctionType)
        for instruction in dis.get_instructions(method)
        if instruction.opname == "STORE_ATTR"
    }


def _of_shapes(text: str, where: str, rows: int, layer: Any, line: str) -> str:
    """Return which arrays have the shapes that an error names, and where a mask belongs."""
    if "matmul" in text or "not aligned" in text:
        if ".penalty" in where:
            return "weights ** 2 is the square of each weight; @ and np.dot multiply matrices"
        return "in a @ b, b has as many rows as a has columns: is a .T missing?"
    x_shape, h_shape = (rows, WEIGHTS.shape[0]), (rows, WEIGHTS.shape[1])
    is_backward = ".backward" in where
    arrays: list[tuple[str, Shape]] = [
        ("weights", WEIGHTS.shape),
        ("weights.T", WEIGHTS.T.shape),
        ("bias", BIAS.shape),
    ]
    if rows:
        arrays = [("x", x_shape), ("layer(x)", h_shape), *arrays]
    if is_backward:
        arrays += [("grad_input", x_shape), ("grad_output", h_shape)]
    named = re.findall(r"\(\d+(?:, ?\d+)*,?\)", text)
    shapes = list(dict.fromkeys(tuple(map(int, re.findall(r"\d+", shape))) for shape in named))
    facts = [
        f"{shape} is the shape of {' and of '.join(owners)}"
        for shape in shapes
        if (owners := [name for name, its in arrays if its == shape])
    ]
    if "broadcast" in text and where.startswith("Dropout") and {x_shape, h_shape} <= set(shapes):
        if not is_backward:
            facts.append("a mask belongs on layer(x) and has its shape")
        elif _uses_attribute(line, layer, h_shape):
            facts.append("the mask belongs to grad_output, before self.layer.backward")
    return "; ".join(facts)


def _uses_attribute(line: str, layer: Any, shape: Shape) -> bool:
    """Return whether a line uses an attribute that is an array of a certain shape."""
    values = [getattr(layer, name, None) for name in re.findall(r"\bself\.(\w+)", line)]
    return any(getattr(value, "shape", None) == shape for value in values)
