"""Walks through a folder whose shape a student may have chosen.

The walk uses no recursion, follows no link, and stops at a depth, a length of path and a number of
entries. It goes level by level, so that paths near the top come first.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

MAX_DEPTH = 32  # of folders
MAX_ENTRIES = 20_000  # files and folders
MAX_PATH = 3000  # bytes: the system allows less than 4096, and nbgrader adds folders in front


class BoundedWalk:
    """The paths of all files and folders below a folder, within the bounds.

    Folders that cannot be listed, or that vanish, count as empty.

    Parameters
    ----------
    folder : Path
    most : int
        The maximum number of entries.
    depth : int
        The maximum depth: 1 is in the folder itself.
    leaves_out : callable, optional
        Returns whether to skip an entry and all that lies in it.

    Attributes
    ----------
    is_cut : bool
        Whether there are more entries than it yielded.
    too_deep : list of Path
        The folders that it did not enter.
    """

    def __init__(
        self,
        folder: Path,
        *,
        most: int = MAX_ENTRIES,
        depth: int = MAX_DEPTH,
        leaves_out: Callable[[Path], bool] | None = None,
    ) -> None:
        self.folder = folder
        self.most = most
        self.depth = depth
        self.leaves_out = leaves_out
        self.is_cut = False
        self.too_deep: list[Path] = []

    @property
    def is_whole(self) -> bool:
        """Whether the finished walk has reached everything."""
        return not self.is_cut and not self.too_deep

    def __iter__(self) -> Iterator[Path]:
        """Yield each path, parents first; a caller may remove a path once it has it."""
        self.is_cut, self.too_deep = False, []
        waiting = deque([(self.folder, 1)])
        count = 0
        while waiting:
            parent, depth = waiting.popleft()
            if depth > self.depth or len(os.fsencode(parent)) > MAX_PATH:
                self.too_deep.append(parent)
                continue
            with suppress(OSError), os.scandir(parent) as entries:
                for entry in entries:
                    path = Path(entry.path)
                    if self.leaves_out and self.leaves_out(path):
                        continue
                    if count == self.most:
                        self.is_cut = True
                        return
                    count += 1
                    yield path
                    if entry.is_dir(follow_symlinks=False) and os.path.lexists(path):
                        waiting.append((path, depth + 1))
