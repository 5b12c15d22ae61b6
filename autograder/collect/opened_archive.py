"""An open archive of any supported kind: its files by name, size and date, not yet read."""

import bz2
import gzip
import lzma
import stat
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, tzinfo
from functools import partial
from pathlib import Path
from typing import IO, Any, NamedTuple

from autograder.files.archive_name import OTHERS, PIECE

CHUNK = 2**14  # a byte of bzip2 within a zip file may become 20,000
MARKS = {b"Rar!\x1a\x07": "RAR", b"7z\xbc\xaf\x27\x1c": "7-Zip", b"\x28\xb5\x2f\xfd": "Zstandard"}
COMPRESSED: dict[bytes, Callable[[Path], Any]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ\x00": lzma.open,
}
REMEDY = "ask for a zip file, or extract it into a folder with the student's id beside the download"
UNIX_TIME = 0x5455  # kind of the zip format's field for a time in UTC
FIELD = struct.Struct("<HH")  # kind and size of an extra field
TIME = struct.Struct("<Bi")  # flags for the times in the field, and the time of modification
UTF_8 = 0x800  # a zip entry's flag for the encoding of its name
ENCRYPTED = 0x1
BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    lzma.LZMAError,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,  # an unknown compression method
    ValueError,
    OverflowError,
)


class RefusedError(Exception):
    """A file is not extracted; the text says why."""


class Member(NamedTuple):
    """One file of an archive."""

    name: str
    size: int  # in bytes, as the archive says; at most this many can be read
    is_file: bool  # whether it is an ordinary file
    is_folder: bool
    modified: float  # seconds since 1970, in UTC
    open: Callable[[], IO[bytes] | None]
    checksum: Callable[[], int]  # returns the CRC-32 of its content


class OpenedArchive:
    """An open archive.

    Parameters
    ----------
    path : Path
    zone : tzinfo
        Time zone of the dates in zip files, which do not name one.
    most : int
        Maximum size in bytes of a file such as `.tar.gz` when it is decompressed.

    Raises
    ------
    RefusedError
        If it cannot be opened as an archive.
    """

    def __init__(self, path: Path, zone: tzinfo, most: int) -> None:
        with path.open("rb") as file:
            head = file.read(8)
        _refuse_other(path.name, head)
        unpack = next((how for mark, how in COMPRESSED.items() if head.startswith(mark)), None)
        # Python reads a tar header of any size that the file claims: so the file's size is bounded
        content = _decompressed(unpack(path), most) if unpack else path.open("rb")
        self._content = content
        if _is_tar(content):  # first: a tar file may end with a zip file, and look like one
            tar = tarfile.open(fileobj=content, mode="r:")  # noqa: SIM115  # lives on `content`
            self.members: Iterator[Member] = map(partial(_tarred, tar), tar)
        elif zipfile.is_zipfile(content):
            archive = zipfile.ZipFile(content)
            self.members = map(partial(_zipped, archive, zone), archive.infolist())
        elif unpack:
            self.members = iter([_alone(path, content)])
        else:
            self._content.close()
            raise RefusedError("it is no archive that can be opened: ask for it again")

    def close(self) -> None:
        """Close the file."""
        self._content.close()


def _refuse_other(name: str, head: bytes) -> None:
    """Refuse an archive that only other programs open."""
    if PIECE.search(name):
        raise RefusedError(f"it is a part of an archive that was split: {REMEDY}")
    kind = next((kind for mark, kind in MARKS.items() if head.startswith(mark)), "")
    known = head.startswith((*COMPRESSED, b"PK"))
    if kind := kind or ("" if known else OTHERS.get(Path(name).suffix.lower(), "")):
        raise RefusedError(f"it is a {kind} archive, which cannot be opened here: {REMEDY}")


def _decompressed(source: IO[bytes], most: int) -> IO[bytes]:
    left = most
    content = tempfile.TemporaryFile()  # noqa: SIM115  # closed by `OpenedArchive.close`
    try:
        with source:
            while chunk := source.read(CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise RefusedError(
                        f"it is larger than {most >> 20} MiB when it is extracted: ask for the "
                        "notebook alone, or raise GuardedExtractor.hand_in_size"
                    )
                content.write(chunk)
    except BaseException:
        content.close()
        raise
    content.seek(0)
    return content


def _zipped(archive: zipfile.ZipFile, zone: tzinfo, info: zipfile.ZipInfo) -> Member:
    kind = stat.S_IFMT(info.external_attr >> 16)

    def opened() -> IO[bytes]:
        if info.flag_bits & ENCRYPTED:
            raise RefusedError("it needs a password: ask for it without one")
        return archive.open(info)

    name = info.orig_filename  # not `filename`, which ends at a null character
    if not info.flag_bits & UTF_8:
        with suppress(UnicodeError):  # macOS writes UTF-8 without the flag
            name = name.encode("cp437").decode("utf-8")
    return Member(
        name, info.file_size, kind in (0, stat.S_IFREG) and not info.is_dir(), info.is_dir(),
        _date(info, zone), opened, lambda: info.CRC,
    )  # fmt: skip


def _date(info: zipfile.ZipInfo, zone: tzinfo) -> float:
    """Return the date of a file in a zip archive, from the field in UTC if it has one."""
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
    def checksum() -> int:
        content = archive.extractfile(info)
        return zlib.crc32(content.read()) if content else 0

    return Member(
        info.name, info.size, info.isreg(), info.isdir(), float(info.mtime),
        lambda: archive.extractfile(info), checksum,
    )  # fmt: skip


def _alone(path: Path, content: IO[bytes]) -> Member:
    """Return the one file of a compressed file that is no archive."""
    size = content.seek(0, 2)
    content.seek(0)
    return Member(
        path.stem, size, is_file=True, is_folder=False, modified=path.stat().st_mtime,
        open=lambda: content, checksum=lambda: -1,
    )  # fmt: skip


def _is_tar(content: IO[bytes]) -> bool:
    content.seek(0)
    try:
        with tarfile.open(fileobj=content, mode="r:"):
            return True
    except BROKEN:
        return False
    finally:
        content.seek(0)
