"""Words that depend on a number."""


def counted_as(count: int, noun: str, several: str = "") -> str:
    """Return a count with its noun: 1 submission, 2 submissions.

    Parameters
    ----------
    count : int
    noun : str
    several : str, optional
        The noun's plural; without it, the noun with an s.
    """
    return f"{count} {noun}" if count == 1 else f"{count} {several or noun + 's'}"
