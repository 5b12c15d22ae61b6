"""The collector's data on an extracted download: dates, and files that were left out."""

from dataclasses import dataclass, field
from pathlib import PurePath


@dataclass(frozen=True)
class NotExtracted:
    """A file that was not extracted."""

    path: PurePath  # where it would lie in the folder of extracted files, or its archive's path
    why: str
    is_extra: bool = False  # whether it is neither a notebook nor an archive


@dataclass
class Extracted:
    """What the collector needs to know about an extracted download."""

    not_extracted: list[NotExtracted] = field(default_factory=list)
    # files that are the same as in the release, and files that no student wrote
    skipped: list[PurePath] = field(default_factory=list)
    # the archives among the extracted files whose own files were extracted, too
    opened: set[PurePath] = field(default_factory=set)
    # the folders of archives whose dates may be hand-in dates. Canvas and Moodle give all files the
    # date of the download.
    dated: list[PurePath] = field(default_factory=list)
