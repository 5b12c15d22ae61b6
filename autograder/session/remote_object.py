"""What the trusted side knows of an object in a worker."""

from typing import Any

from autograder.sandbox.sandbox import StudentError


class RemoteObject:
    """An object in a worker.

    Parameters
    ----------
    number : int
    kind : str
        The name of its type, for messages.
    predicts : (str, dict of str to str), optional
        For a class: the kind of its instances, and the kinds of their methods by name.
    methods : dict of str to str, optional
        For an instance: the kinds of its methods by name.
    """

    __slots__ = ("fault", "kind", "methods", "number", "plain", "predicts")

    def __init__(
        self,
        number: int,
        kind: str,
        predicts: tuple[str, dict[str, str]] | None = None,
        methods: dict[str, str] | None = None,
    ) -> None:
        self.number = number
        self.kind = kind
        self.predicts = predicts
        self.methods = methods or {}
        self.fault: StudentError | None = None  # why it cannot be used
        self.plain: tuple[Any, ...] = ()  # its value, if it is a plain one

    def resolve_to(self, value: Any) -> None:
        """Set the value, which is not as predicted: a plain value or an object of another kind."""
        match value:
            case object(_remote=RemoteObject(kind=kind)):  # a proxy
                self.kind = kind
            case _:
                self.plain = (value,)
