"""How much may be extracted: each hand-in has room of its own, and takes no classmate's."""

import sys
from collections.abc import Hashable

MIB = 2**20


class FullError(Exception):
    """Something for which there is no room; the text says which limit it is."""


class Room:
    """What may still be extracted.

    Parameters
    ----------
    size : int
        In bytes.
    files : int
    limit : str
        What the room is, in words, as a message names it.
    whole : Room, optional
        That of the download, of which this is a part.
    """

    def __init__(self, size: int, files: int, limit: str, whole: "Room | None" = None) -> None:
        self.size = size
        self.files = files
        self.limit = limit
        self.whole = whole

    def take(self, size: int) -> None:
        """Make room for a file of some bytes.

        Raises
        ------
        FullError
            If there is none; then nothing is taken.
        """
        if self.files < 1 or size > self.size:
            raise FullError(f"there is no room for it: {self.limit}")
        if self.whole:
            self.whole.take(size)
        self.files -= 1
        self.size -= size


class Rooms:
    """The room of each hand-in of a download.

    Parameters
    ----------
    size : int
        MiB of one hand-in.
    files : int
        Of one hand-in.
    whole : int
        MiB of all hand-ins together; 0 for as much as they are allowed one by one.
    """

    def __init__(self, size: int, files: int, whole: int = 0) -> None:
        self.size = size * MIB
        self.files = files
        self._limit = (
            f"one hand-in may be {size} MiB and {files} files when it is extracted "
            "(GuardedExtractor.hand_in_size, hand_in_files)"
        )
        limit = f"all hand-ins may be {whole} MiB (GuardedExtractor.download_size)"
        self._whole = Room(whole * MIB, sys.maxsize, limit) if whole else None
        self._rooms: dict[Hashable, Room] = {}

    def of(self, hand_in: Hashable) -> Room:
        """Return the room of a hand-in, the same at each call."""
        if hand_in not in self._rooms:
            self._rooms[hand_in] = Room(self.size, self.files, self._limit, self._whole)
        return self._rooms[hand_in]
