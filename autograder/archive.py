"""Archives of submissions, for `nbgrader zip_collect`: nothing in them writes where it should not.

Each file of an archive is extracted as an ordinary file, below the archive's own folder and within
limits, or refused with its reason in the log; one bad archive does not keep the others back. A file
keeps the date that it has in the archive.
"""

import gzip
import os
import shutil
import stat
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import datetime, timedelta, tzinfo
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from dateutil.tz import gettz
from nbgrader.plugins import ExtractorPlugin
from traitlets import TraitError, Unicode, validate

MAX_SIZE = 300 * 2**20  # bytes that an archive, with all archives in it, may become
MAX_FILES = 2000
MAX_DEPTH = 3  # of archives within archives
MAX_NAME = 200  # characters of a file's path
CHUNK = 2**20
UNIX_TIME = 0x5455  # the zip format's field for a time in UTC
FIELD = struct.Struct("<HH")  # of a zip entry: its kind and size
TIME = struct.Struct("<Bi")  # which times there are, and when it was modified
AT_ONCE = timedelta(hours=1)  # dates within it may be those of a download
NEARLY = timedelta(hours=26)  # the same day, in whatever zone
BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,  # a zip that needs a password
    NotImplementedError,  # a way of compression that Python does not know
    ValueError,
    OverflowError,
)


class Member(NamedTuple):
    """One file of an archive: its name there, what it is, how it is opened, and its date."""

    name: str
    is_file: bool
    open: Callable[[], IO[bytes] | None]
    modified: float = 0.0  # seconds since 1970, in UTC


class RefusedError(Exception):
    """Something that is not extracted; the text says why."""


class GuardedExtractor(ExtractorPlugin):
    """Extracts archives as nbgrader's own plugin does, but only what is safe.

    Attributes
    ----------
    refused : list of (str, str)
        Each file that was not extracted, and why.
    dated : list of Path
        The folders of the archives whose dates may be those of handing in: not of the archive's
        own making, as all are that Canvas and Moodle put into theirs.
    """

    timezone = Unicode(
        "UTC", help="The time zone of the dates in zip files, which do not tell it."
    ).tag(config=True)

    @validate("timezone")
    def _check_timezone(self, proposal: dict[str, str]) -> str:
        if gettz(proposal["value"]) is None:
            raise TraitError(f"timezone must be like Europe/Berlin, got {proposal['value']!r}")
        return proposal["value"]

    @property
    def zone(self) -> tzinfo:
        """The time zone of the dates in zip files."""
        found = gettz(self.timezone)
        assert found is not None
        return found

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Extract each archive of a folder into a folder of its own, and copy all other files."""
        source = Path(archive_path)
        self.refused: list[tuple[str, str]] = []
        self.dated: list[Path] = []
        for place, _, names in os.walk(source):
            target = Path(extracted_path) / Path(place).relative_to(source)
            for name in sorted(names):
                path = Path(place, name)
                if not stat.S_ISREG(path.lstat().st_mode):
                    self._refuse(path, "it is a link or no ordinary file")
                    continue
                target.mkdir(parents=True, exist_ok=True)
                if path.suffix in self.zip_ext:
                    self.log.info("Extracting from: %s", path)
                    dates = self._unpack(path, target / _stem(path), Room(), MAX_DEPTH)
                    if not _is_download(dates, path.stat().st_mtime):
                        self.dated.append(target / _stem(path))
                else:
                    self.log.info("Copying from: %s", path)
                    shutil.copy2(path, target / name)
        if self.refused:
            self.log.warning("%d files were refused: the reasons stand above", len(self.refused))

    def _unpack(
        self, path: Path, target: Path, room: "Room", depth: int, modified: float = 0.0
    ) -> list[float]:
        """Extract one archive, and those in it; return its files' dates.

        What a student has packed is as old as the archive: its own dates may be anything.
        """
        dates = []
        inner = []
        try:
            target.mkdir(parents=True, exist_ok=True)
            with closing(_Opened(path, self.zone)) as opened:
                for member in opened.members:
                    if not member.is_file and member.name.endswith("/"):
                        continue  # folders are made for the files in them
                    try:
                        written = _extract(member, target, room)
                    except FullError:
                        raise
                    except (RefusedError, *BROKEN) as error:
                        self._refuse(path, str(error), member.name)
                        continue
                    dates.append(modified or member.modified)
                    with suppress(OSError, OverflowError, ValueError):  # a date that no file has
                        os.utime(written, (dates[-1], dates[-1]))
                    if written.suffix in self.zip_ext:
                        inner.append((written, dates[-1]))
        except (RefusedError, *BROKEN) as error:
            self._refuse(path, str(error))
            return dates
        for archive, date in inner:
            if depth == 1:
                self._refuse(archive, f"archives lie {MAX_DEPTH} deep in each other")
            else:
                self._unpack(archive, archive.parent / _stem(archive), room, depth - 1, date)
        return dates

    def _refuse(self, path: Path, cause: str, member: str = "") -> None:
        what = f"{path}: {member!r}" if member else str(path)
        cause = cause or "it cannot be read"
        self.refused.append((f"{path.name}: {member!r}" if member else path.name, cause))
        self.log.warning("Refused: %s: %s", what, cause)


class FullError(RefusedError):
    """An archive that has used up its room: no more of it is extracted."""


class Room:
    """What one archive may still take."""

    def __init__(self) -> None:
        self.size = MAX_SIZE
        self.files = MAX_FILES

    def take_file(self) -> None:
        """Make room for a file."""
        self.files -= 1
        if self.files < 0:
            raise FullError(f"an archive may hold {MAX_FILES} files; the rest is left out")

    def take(self, size: int) -> None:
        """Make room for some bytes."""
        self.size -= size
        if self.size < 0:
            raise FullError(f"an archive may become {MAX_SIZE >> 20} MiB; the rest is left out")


class _Opened:
    """An open archive, of whatever kind it is."""

    def __init__(self, path: Path, zone: tzinfo) -> None:
        with path.open("rb") as file:
            is_compressed = file.read(2) == b"\x1f\x8b"
        # a tar file's header is read whole, whatever size it claims: from a file of bounded size
        content = _decompressed(path) if is_compressed else path.open("rb")
        self._content = content
        if zipfile.is_zipfile(content):
            archive = zipfile.ZipFile(content)
            self.members: Iterator[Member] = map(
                partial(_zipped, archive, zone), archive.infolist()
            )
        elif _is_tar(content):
            tar = tarfile.open(fileobj=content, mode="r:")  # noqa: SIM115  # lives on `content`
            self.members = map(partial(_tarred, tar), tar)
        elif is_compressed:
            date = path.stat().st_mtime
            self.members = iter(
                [Member(path.stem, is_file=True, open=lambda: content, modified=date)]
            )
        else:
            raise RefusedError("it is no archive that can be opened: ask for it again")

    def close(self) -> None:
        self._content.close()


def _decompressed(path: Path) -> IO[bytes]:
    room = Room()
    content = tempfile.TemporaryFile()  # noqa: SIM115  # closed by who asked for it
    with gzip.open(path) as file:
        while chunk := file.read(CHUNK):
            room.take(len(chunk))
            content.write(chunk)
    content.seek(0)
    return content


def _zipped(archive: zipfile.ZipFile, zone: tzinfo, info: zipfile.ZipInfo) -> Member:
    kind = stat.S_IFMT(info.external_attr >> 16)
    is_file = kind in (0, stat.S_IFREG) and not info.is_dir()
    # not `filename`, which ends at a null character
    return Member(info.orig_filename, is_file, lambda: archive.open(info), _date(info, zone))


def _date(info: zipfile.ZipInfo, zone: tzinfo) -> float:
    """Return the date of a file in a zip archive: in UTC where it says so, or else in its zone."""
    extra = info.extra
    while len(extra) >= FIELD.size:
        kind, size = FIELD.unpack_from(extra)
        body, extra = extra[FIELD.size : FIELD.size + size], extra[FIELD.size + size :]
        if kind == UNIX_TIME and len(body) >= TIME.size:
            flags, seconds = TIME.unpack_from(body)
            if flags & 1:
                return float(seconds)
    with suppress(ValueError, OverflowError):
        return datetime(*info.date_time, tzinfo=zone).timestamp()
    return 0.0


def _tarred(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Member:
    name = info.name + "/" * info.isdir()
    date = float(info.mtime)
    return Member(name, info.isreg(), lambda: archive.extractfile(info), date)


def _is_tar(content: IO[bytes]) -> bool:
    content.seek(0)
    try:
        with tarfile.open(fileobj=content, mode="r:"):
            return True
    except BROKEN:
        return False
    finally:
        content.seek(0)


def _extract(member: Member, target: Path, room: Room) -> Path:
    """Write one file of an archive below a folder, and return where."""
    room.take_file()
    if not member.is_file:
        raise RefusedError("it is a link or no ordinary file")
    path = target / _inside(member.name)
    if path.exists():
        raise RefusedError("a file of this name has been there before")
    path.parent.mkdir(parents=True, exist_ok=True)
    content = member.open()
    if content is None:
        raise RefusedError("it has no content")
    try:
        with content, path.open("xb") as file:
            while chunk := content.read(CHUNK):
                room.take(len(chunk))
                file.write(chunk)
    except (RefusedError, *BROKEN):
        path.unlink(missing_ok=True)
        raise
    return path


def _inside(name: str) -> PurePosixPath:
    """Return a member's name as a path below its folder."""
    path = PurePosixPath(name.replace("\\", "/"))  # as Windows writes them
    if path.is_absolute() or ".." in path.parts or ":" in name:
        raise RefusedError("its name leads out of the folder")
    if not path.parts or len(name) > MAX_NAME or not name.isprintable():
        raise RefusedError("it has no name that a file may have")
    return path


def _is_download(dates: list[float], made: float) -> bool:
    """Tell whether an archive's dates look like that of its own making: all at once, and then."""
    if not dates:
        return False
    span, since = max(dates) - min(dates), abs(made - max(dates))
    return span <= AT_ONCE.total_seconds() and since <= NEARLY.total_seconds()


def _stem(path: Path) -> str:
    """Return the name of an archive's folder, as nbgrader has it."""
    return path.name.removesuffix(path.suffix).removesuffix(".tar")
