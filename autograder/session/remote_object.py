"""An object in a worker, as it is known here."""

from typing import Any

from autograder.sandbox.sandbox import StudentError


class RemoteObject:
    """What is known of an object in a worker.

    Parameters
    ----------
    number : int
    kind : str
        The name of its type, for messages.
    predicts : (str, dict of str to str), optional
        Of a class: the kind of its instances, and the kinds of their methods by their names.
    methods : dict of str to str, optional
        Of an instance: the kinds of its methods.
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
        self.fault: StudentError | None = None  # why it is not there, or not what it should be
        self.plain: tuple[Any, ...] = ()  # its value, where it turned out to be a plain one

    def resolve_to(self, value: Any) -> None:
        """Be something else than was predicted: a plain value, or an object of another kind."""
        match value:
            case object(_thing=RemoteObject(kind=kind)):  # a stand-in
                self.kind = kind
            case _:
                self.plain = (value,)
