"""What a grading process is doing, in memory that the process that started it can read.

A suite that loops for ever cannot be ended from within: it may be in a call that lets no other
thread run. So its process writes here what it has begun, and the time that this takes beside the
waiting for a student's code. Its starter looks while it waits for an answer, and ends the process.
"""

import json
import mmap
import os
import tempfile
import time
from dataclasses import dataclass

SIZE = mmap.PAGESIZE  # bytes for each process
# which come first: since when, seconds before that, their limit, the text's length; and since when
# a submission's code is at work, and seconds before that
NUMBERS = 6
TEXT = 8 * NUMBERS
LOADING = ""  # instead of a function's name


@dataclass(frozen=True)
class Doing:
    """What a suite is at.

    Parameters
    ----------
    file : str
        The path of the suite.
    function : str
        The name of the property or observation, with its parameters; empty while it is loaded.
    seconds : float
        How long it may take by itself.
    """

    file: str
    function: str
    seconds: float

    def __str__(self) -> str:
        if self.function == LOADING:
            return (
                f"{self.file} was not loaded within {self.seconds:g} seconds: see that nothing "
                "in it loops while it is imported, or raise loading_seconds in manifest.toml"
            )
        return (
            f"{self.file}: {self.function} did not end within {self.seconds:g} seconds of its own: "
            "see that it cannot loop for ever, or raise suite_seconds in manifest.toml"
        )


class HungError(Exception):
    """A suite that takes too long, and not because of a student's code; the text has a remedy.

    Parameters
    ----------
    doing : Doing
    """

    def __init__(self, doing: Doing) -> None:
        super().__init__(str(doing))
        self.doing = doing


class Progress:
    """A page of memory, which one process writes and another one reads.

    Parameters
    ----------
    memory : memoryview
        `SIZE` bytes.
    """

    def __init__(self, memory: memoryview) -> None:
        self._numbers = memory[:TEXT].cast("d")
        self._text = memory[TEXT:]

    def begin(self, doing: Doing) -> None:
        """Say what is done from now on."""
        self.end()
        text = json.dumps([doing.file[-1000:], doing.function[:500]]).encode()[: len(self._text)]
        self._text[: len(text)] = text
        self._numbers[3] = len(text)
        self._numbers[1] = 0.0
        self._numbers[2] = doing.seconds
        self._numbers[0] = time.monotonic()

    def end(self) -> None:
        """Say that nothing is done."""
        self._numbers[0] = self._numbers[2] = 0.0

    def pause(self) -> None:
        """Stop the clock: from now on it is another process that takes its time."""
        if since := self._numbers[0]:
            self._numbers[1] += time.monotonic() - since
            self._numbers[0] = 0.0

    def resume(self) -> None:
        """Start the clock again, if something has begun."""
        if self._numbers[2]:
            self._numbers[0] = time.monotonic()

    def spend(self, before: float) -> None:
        """Say that a submission's code is at work, which has had so many seconds before."""
        self._numbers[5] = before
        self._numbers[4] = time.monotonic()

    def keep(self, spent: float) -> None:
        """Say that a submission's code has had so many seconds, and is not at work now."""
        self._numbers[4] = 0.0
        self._numbers[5] = spent

    @property
    def spent(self) -> float:
        """How many seconds a submission's code has had until now."""
        since, before = self._numbers[4], self._numbers[5]
        return before + (time.monotonic() - since if since else 0.0)

    def overdue(self) -> Doing | None:
        """Return what takes longer than it may, if it does."""
        since, before, seconds, length = self._numbers[:4]
        if not since or not seconds or before + time.monotonic() - since < seconds:
            return None
        file, function = json.loads(bytes(self._text[: int(length)]))
        return Doing(file, function, seconds)


def shared(count: int) -> int:
    """Return the descriptor of memory for so many processes; the caller closes it."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("progress")
    else:  # another system
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    os.ftruncate(descriptor, count * SIZE)
    return descriptor


def of_process(descriptor: int, place: int) -> Progress:
    """Return one of several processes' progress."""
    memory = mmap.mmap(descriptor, SIZE, offset=place * SIZE)
    return Progress(memoryview(memory))


own = Progress(memoryview(bytearray(SIZE)))  # of this process: nobody reads it until it is shared


def share(descriptor: int, place: int) -> None:
    """Let the starter of this process read what it does, in its place."""
    global own  # noqa: PLW0603  # a process has one
    own = of_process(descriptor, place)
