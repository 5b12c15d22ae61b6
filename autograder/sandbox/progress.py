"""What a grading process is doing, in memory that it shares with its parent process.

A suite that loops for ever cannot be ended from within: it may be in a call that lets no other
thread run. So its process writes here which function it has begun, and how long that has taken
without the waiting for a student's code. The parent reads this while it waits for an answer, and
ends the process.
"""

import json
import mmap
import os
import tempfile
import time
from dataclasses import dataclass

SIZE = mmap.PAGESIZE  # bytes for each process
# of a suite: start, seconds before it, limit, length of the text; of a student's code: start,
# seconds before it
NUMBERS = 6
TEXT = 8 * NUMBERS
LOADING = ""  # instead of a function's name


@dataclass(frozen=True)
class Doing:
    """What a suite is doing."""

    file: str  # the path of the suite
    function: str  # a property or observation, with its parameters; `LOADING` while the suite loads
    seconds: float  # how long it may take by itself

    def __str__(self) -> str:
        if self.function == LOADING:
            return (
                f"{self.file} was not loaded within {self.seconds:g} seconds: see that nothing "
                "in it loops while it is imported, or raise loading_seconds in manifest.toml"
            )
        return (
            f"{self.file}: {self.function} did not end within {self.seconds:g} seconds, "
            "student code not counted: see that it cannot loop for ever, or raise suite_seconds "
            "in manifest.toml"
        )


class HungError(Exception):
    """A suite takes too long, and not because of a student's code; the text has a remedy."""

    def __init__(self, doing: Doing) -> None:
        super().__init__(str(doing))
        self.doing = doing


class Progress:
    """A page of memory of `SIZE` bytes that one process writes and another reads."""

    def __init__(self, memory: memoryview) -> None:
        self._numbers = memory[:TEXT].cast("d")
        self._text = memory[TEXT:]

    def begin(self, doing: Doing) -> None:
        """Note what begins now, and start the clock."""
        self.end()
        text = json.dumps([doing.file[-1000:], doing.function[:500]]).encode()[: len(self._text)]
        self._text[: len(text)] = text
        self._numbers[3] = len(text)
        self._numbers[1] = 0.0
        self._numbers[2] = doing.seconds
        self._numbers[0] = time.monotonic()

    def end(self) -> None:
        """Note that nothing is being done."""
        self._numbers[0] = self._numbers[2] = 0.0

    def pause(self) -> None:
        """Stop the clock: another process is at work."""
        if since := self._numbers[0]:
            self._numbers[1] += time.monotonic() - since
            self._numbers[0] = 0.0

    def resume(self) -> None:
        """Start the clock again, if something has begun."""
        if self._numbers[2]:
            self._numbers[0] = time.monotonic()

    def spend(self, before: float) -> None:
        """Note that a submission's code is at work; it has used `before` seconds until now."""
        self._numbers[5] = before
        self._numbers[4] = time.monotonic()

    def keep(self, spent: float) -> None:
        """Note how many seconds a submission's code has used; it is not at work now."""
        self._numbers[4] = 0.0
        self._numbers[5] = spent

    @property
    def spent(self) -> float:
        """How many seconds a submission's code has used until now."""
        since, before = self._numbers[4], self._numbers[5]
        return before + (time.monotonic() - since if since else 0.0)

    def overdue(self) -> Doing | None:
        """Return what takes longer than it may, or None."""
        since, before, seconds, length = self._numbers[:4]
        if not since or not seconds or before + time.monotonic() - since < seconds:
            return None
        file, function = json.loads(bytes(self._text[: int(length)]))
        return Doing(file, function, seconds)


def shared(count: int) -> int:
    """Return the descriptor of memory for `count` processes; the caller closes it."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("progress")
    else:  # another system
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    os.ftruncate(descriptor, count * SIZE)
    return descriptor


def of_process(descriptor: int, place: int) -> Progress:
    """Return the progress of one of several processes."""
    memory = mmap.mmap(descriptor, SIZE, offset=place * SIZE)
    return Progress(memoryview(memory))


own = Progress(memoryview(bytearray(SIZE)))  # of this process; not shared yet


def share(descriptor: int, place: int) -> None:
    """Let the parent of this process read what this process does."""
    global own  # noqa: PLW0603  # a process has one
    own = of_process(descriptor, place)
