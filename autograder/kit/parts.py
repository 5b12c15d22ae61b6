"""What an observation returns if its parts are facts of their own."""

from collections.abc import Callable
from typing import Any


class Parts(dict[str, Callable[[], Any]]):
    """By the name of each part, a function that returns what is seen of it.

    Each part is compared with known mistakes for itself, and an error is the fact of its part
    alone. So two mistakes in different parts do not hide each other.
    """
