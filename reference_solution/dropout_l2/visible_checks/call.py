"""How a check calls your method: with PyTorch out of reach, and with errors told in one line."""

import random
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, NoReturn

import numpy as np

from layers import Linear
from layers.array import FloatArray
from visible_checks.advice import told
from visible_checks.failure import CheckFailed, NotWrittenError


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
        text = told(error, vars(layer_class).get("__init__"))
        raise CheckFailed(f"{layer_class.__name__}({words}) stops with {text}") from None


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
        except NotImplementedError as error:
            if stub := _stub(error, method):
                raise NotWrittenError(f"{stub} is not written yet") from None
            raise CheckFailed(f"{where} stops with {told(error, method)}") from None
        except Exception as error:  # noqa: BLE001  # a student's code may raise any error
            rows = 0 if array is None else len(array)
            text = told(error, method, where, rows)
            raise CheckFailed(f"{where} stops with {text}") from None
    if array is not None and not np.array_equal(copies[0], array):
        raise CheckFailed(
            f"{where} changes {argument} in place: its caller still needs it, so write "
            f"a * b into a new array instead of {argument} *= b"
        )
    return result


def _stub(error: NotImplementedError, method: Callable[..., Any]) -> str:
    """Return the method that is not written, or nothing: super().__call__ raises the same error."""
    code = [frame.f_code for frame, _ in traceback.walk_tb(error.__traceback__)][-1]
    is_theirs = code.co_filename == getattr(method, "__code__", code).co_filename
    # Python 3.10 does not know the class
    return getattr(code, "co_qualname", code.co_name) if is_theirs else ""


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
    # a check makes hundreds of calls, and PyTorch has thousands of modules: no function for each
    modules = {
        name: module
        for name, module in sys.modules.items()
        if name.startswith("torch") and name.partition(".")[0] == "torch"
    }
    names = {
        name: module
        for name, module in namespace.items()
        if isinstance(module, ModuleType) and module.__name__.partition(".")[0] == "torch"
    }
    sys.modules.update(dict.fromkeys(modules, hidden))
    namespace.update(dict.fromkeys(names, hidden))
    sys.modules["torch"] = hidden  # for `import torch` inside the method, loaded before or not
    try:
        yield
    finally:
        del sys.modules["torch"]
        sys.modules.update(modules)
        namespace.update(names)
