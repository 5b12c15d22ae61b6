"""How a check calls your method: with PyTorch out of reach, and with errors told in one line."""

import linecache
import random
import re
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, NoReturn

import numpy as np

from layers import Linear
from layers.array import FloatArray
from visible_checks.failure import CheckFailed, NotWrittenError

# what an error says, and the advice
ADVICE = {
    r"KeyError: '(weights|bias)'": (
        "grads is empty until self.layer.backward(...) has set it: call that first"
    ),
    r"NameError: name '(mask|p|layer|training|coefficient|weights|bias|grads)'": (
        r"write self.\1 for what the layer keeps"
    ),
    r"RecursionError": "the wrapped layer is self.layer: call that, not self",
    r"ValueError: operands could not be broadcast": (
        "these two shapes do not fit together; a mask has the shape of layer(x)"
    ),
    r"'NoneType'": "something is None here: is a return missing, or was it never set?",
}


@contextmanager
def random_states_kept() -> Iterator[None]:
    """Leave NumPy's and Python's random numbers as they were."""
    numpy_state, python_state = np.random.get_state(), random.getstate()
    try:
        yield
    finally:
        np.random.set_state(numpy_state)
        random.setstate(python_state)


def construct(layer_class: type, layer: Linear, **settings: float) -> Any:
    """Return a student's layer around another one."""
    try:
        return layer_class(layer, **settings)
    except Exception as error:  # noqa: BLE001  # a student's code may raise any error
        words = ", ".join(["layer", *(f"{name}={value}" for name, value in settings.items())])
        told = _told(error, vars(layer_class).get("__init__"))
        raise CheckFailed(f"{layer_class.__name__}({words}) stops with {told}") from None


def call(
    where: str, method: Callable[..., Any], argument: str = "", array: FloatArray | None = None
) -> Any:
    """Call a method with a copy of an array, and return what it returns.

    Parameters
    ----------
    where : str
        The call, such as "Dropout(p=0.2).backward".
    method : callable
    argument : str
        The name of the array, to say that the method changed it.
    array : ndarray, optional
    """
    copies = [] if array is None else [array.copy()]
    with _torch_hidden(where, getattr(method, "__globals__", {})):
        try:
            result = method(*copies)
        except CheckFailed:
            raise
        except NotImplementedError:
            name = getattr(method, "__qualname__", where)
            raise NotWrittenError(f"{name} is not written yet") from None
        except Exception as error:  # noqa: BLE001  # a student's code may raise any error
            raise CheckFailed(f"{where} stops with {_told(error, method)}") from None
    if array is not None and not np.array_equal(copies[0], array):
        raise CheckFailed(
            f"{where} changes {argument} in place: its caller still needs it, so write "
            f"a * b into a new array instead of {argument} *= b"
        )
    return result


def _told(error: Exception, method: Callable[..., Any] | None) -> str:
    """Return an error, the line of the student's cell that led to it, and advice."""
    text = f"{type(error).__name__}: {' '.join(str(error).split())}".removesuffix(": ")
    cell = getattr(getattr(method, "__code__", None), "co_filename", "")
    lines = [
        linecache.getline(frame.filename, frame.lineno or 0).strip()
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == cell
    ]
    at = f" in the line `{lines[-1]}`" if lines and lines[-1] else ""
    if isinstance(error, AttributeError) and error.obj is getattr(method, "__self__", None):
        return f"{text}{at}: no pass before this one has set self.{error.name}"
    for pattern, advice in ADVICE.items():
        if found := re.search(pattern, text):
            return f"{text}{at}: {found.expand(advice)}"
    return text + at


class _HiddenTorch(ModuleType):
    """What a graded layer finds in the place of PyTorch: to use it is an error."""

    def __init__(self, where: str) -> None:
        super().__init__("torch")
        self.where = where

    def __getattr__(self, name: str) -> NoReturn:
        rule = "the graded layers must use NumPy and the standard library only"
        method = self.where.split(",")[0].split(" ")[0]  # without what came before
        raise CheckFailed(f"PyTorch is used inside {method}, but {rule}")


@contextmanager
def _torch_hidden(where: str, namespace: dict[str, Any]) -> Iterator[None]:
    """Hide PyTorch among the loaded modules and among a method's global names, for a while."""
    hidden = _HiddenTorch(where)
    found = [
        (names, name, module)
        for names in (sys.modules, namespace)
        for name, module in names.items()
        if isinstance(module, ModuleType) and module.__name__.split(".")[0] == "torch"
    ]
    for names, name, _ in found:
        names[name] = hidden
    sys.modules["torch"] = hidden  # for `import torch` inside the method, loaded before or not
    try:
        yield
    finally:
        del sys.modules["torch"]
        for names, name, module in found:
            names[name] = module
