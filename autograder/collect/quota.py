"""How much may be extracted: each hand-in has a quota of its own."""

import sys
from collections.abc import Hashable

MIB = 2**20


class QuotaError(Exception):
    """A file exceeds a quota; the text names the limit."""


class Quota:
    """What may still be extracted.

    Parameters
    ----------
    size : int
        In bytes.
    files : int
    limit : str
        The limit in words, for the message.
    whole : Quota, optional
        The quota of the whole download.
    """

    def __init__(self, size: int, files: int, limit: str, whole: "Quota | None" = None) -> None:
        self.size = size
        self.files = files
        self.limit = limit
        self.whole = whole

    def take(self, size: int) -> None:
        """Subtract a file of this many bytes; raise a QuotaError if it does not fit."""
        if self.files < 1 or size > self.size:
            raise QuotaError(f"there is no room for it: {self.limit}")
        if self.whole:
            self.whole.take(size)
        self.files -= 1
        self.size -= size


class Quotas:
    """The quota of each hand-in of a download.

    Parameters
    ----------
    size, files : int
        MiB and number of files of one hand-in.
    whole : int
        MiB of all hand-ins together; 0 for no limit beyond that of each hand-in.
    """

    def __init__(self, size: int, files: int, whole: int = 0) -> None:
        self.size = size * MIB
        self.files = files
        self._limit = (
            f"one hand-in may be {size} MiB and {files} files when it is extracted "
            "(GuardedExtractor.hand_in_size, hand_in_files)"
        )
        limit = f"all hand-ins may be {whole} MiB (GuardedExtractor.download_size)"
        self._whole = Quota(whole * MIB, sys.maxsize, limit) if whole else None
        self._quotas: dict[Hashable, Quota] = {}

    def of(self, hand_in: Hashable) -> Quota:
        """Return the quota of a hand-in, the same object at each call."""
        if hand_in not in self._quotas:
            self._quotas[hand_in] = Quota(self.size, self.files, self._limit, self._whole)
        return self._quotas[hand_in]
