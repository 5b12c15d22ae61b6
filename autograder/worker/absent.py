"""Stand-ins for the libraries that a worker does not have.

A notebook imports PyTorch to compare and matplotlib to plot. A worker has neither, but the
statements around the graded classes should not fail. So an absent library can be imported, and
using it does nothing. An error names the library as soon as a result needs its value.
"""

import sys
import types
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec
from typing import Any, NoReturn, Self


class NotAvailableError(Exception):
    """A graded result depends on a library that the worker does not have."""


# any other name may be a library, or a file of the student's own
LIBRARIES = {
    *("torch", "torchvision", "tensorflow", "keras", "jax", "cupy", "numba", "scipy", "sklearn"),
    *("pandas", "matplotlib", "seaborn", "plotly", "tqdm", "IPython", "ipywidgets", "PIL", "cv2"),
}
JUPYTER = {"get_ipython", "display"}


class _Policy:
    """What is refused at present; only the server changes it."""

    forbidden: frozenset[str] = frozenset()  # libraries that graded code may not even touch
    grading = False  # True while a graded object answers, False while the notebook's cells run
    strict_imports = False  # True inside `try: import ...`, which expects the import to fail


policy = _Policy()


def _refuse(name: str) -> NoReturn:
    library = name.partition(".")[0]
    if library in policy.forbidden:
        raise NotAvailableError(
            f"{name} is used, but {library} is not allowed in graded code: use NumPy"
        )
    if library in JUPYTER:
        raise NotAvailableError(
            "the result needs a Jupyter command, such as %timeit or !ls: graded code runs without "
            "Jupyter, so write that in Python"
        )
    own = f": if {library} is a file of your own, hand it in beside the notebook"
    raise NotAvailableError(
        f"{name} is needed for the result, but graded code has NumPy and the standard library only"
        + ("" if library in LIBRARIES else own)
    )


def _touch(name: str) -> None:
    if policy.grading and name.partition(".")[0] in policy.forbidden:
        _refuse(name)


class Absent:
    """Anything reached through an absent library: it accepts every call and has no value."""

    _name: str

    def __init__(self, name: str) -> None:
        object.__setattr__(self, "_name", name)

    def __getattr__(self, attribute: str) -> "Absent":
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        _touch(self._name)
        return Absent(f"{self._name}.{attribute}")

    def __setattr__(self, attribute: str, value: object) -> None:
        _touch(self._name)

    def __call__(self, *args: object, **kwargs: object) -> "Absent":
        """Do nothing."""
        _touch(self._name)
        return Absent(self._name)

    def __getitem__(self, key: object) -> "Absent":
        return self

    def __setitem__(self, key: object, value: object) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        pass

    def __or__(self, other: object) -> Self:
        return self  # in an annotation: torch.Tensor | None

    __ror__ = __or__

    def __mro_entries__(self, bases: object) -> tuple[type, ...]:
        return ()  # class Net(torch.nn.Module): a class without that base

    def __instancecheck__(self, instance: object) -> bool:
        _touch(self._name)
        return False

    def __repr__(self) -> str:
        return f"<{self._name}: not available here>"

    def __format__(self, spec: str) -> str:
        return repr(self)


def refuse_absent(thing: object) -> None:
    """Raise a `NotAvailableError` if an answer is an absent library, or comes from one."""
    if type(thing) is Absent:
        _refuse(object.__getattribute__(thing, "_name"))
    if type(thing) is AbsentModule:
        _refuse(thing.__name__)


def _operator(self: Absent, *others: object, **options: object) -> NoReturn:
    _refuse(self._name)


OPERATORS = """
    add sub mul matmul truediv floordiv mod pow and xor lshift rshift
    radd rsub rmul rmatmul rtruediv rfloordiv rmod rpow rand rxor
    neg pos abs invert lt le gt ge array float int index complex round
"""
for _name in OPERATORS.split():
    setattr(Absent, f"__{_name}__", _operator)


class AbsentModule(types.ModuleType):
    """An absent library, or one of its submodules."""

    __path__: list[str] = []  # noqa: RUF012  # the import system wants an attribute of the class

    def __getattr__(self, attribute: str) -> Absent:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        _touch(self.__name__)
        return Absent(f"{self.__name__}.{attribute}")


class AbsentFinder:
    """The last finder on `sys.meta_path`: it finds an `AbsentModule` for each unknown name."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: object = None
    ) -> ModuleSpec | None:
        """Find every module except those of the standard library and of NumPy."""
        library = name.partition(".")[0]
        known = sys.modules.get(library)
        if library in sys.stdlib_module_names or policy.strict_imports:
            return None
        if known is not None and not isinstance(known, AbsentModule):
            return None  # numpy.nonsense does not exist: that is the student's own mistake
        return ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]  # duck-typed loader

    def create_module(self, spec: ModuleSpec) -> types.ModuleType:
        """Make the empty module."""
        return AbsentModule(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Run nothing."""
