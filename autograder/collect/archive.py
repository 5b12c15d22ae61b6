"""The extractor plugin of `nbgrader zip_collect`: its settings, and nbgrader's call of it."""

import sys
from datetime import tzinfo
from pathlib import Path
from typing import Any

from dateutil.tz import gettz
from nbgrader.plugins import ExtractorPlugin
from traitlets import Int, List, TraitError, Unicode, validate

from autograder.collect.extracted import Extracted
from autograder.collect.extraction import Extraction
from autograder.collect.owner import Owners
from autograder.collect.quota import Quotas
from autograder.collect.target_folder import DiskFullError
from autograder.course.roster import Roster
from autograder.course.stock import collects_as_nbgrader
from autograder.files.archive_name import ENDINGS, OTHERS, is_archive
from autograder.files.bounded_walk import BoundedWalk


class GuardedExtractor(ExtractorPlugin):
    """Extracts archives as nbgrader's own plugin does, but only files that are safe."""

    timezone = Unicode(
        "UTC", help="The time zone of the dates in zip files, which do not name one."
    ).tag(config=True)

    hand_in_size = Int(
        300, min=1, help="How many MiB one student's hand-in may have when it is extracted."
    ).tag(config=True)

    hand_in_files = Int(
        2000,
        min=1,
        help="How many files of one student's hand-in are extracted, notebooks first. Files that "
        "are the same as in the release do not count.",
    ).tag(config=True)

    download_size = Int(
        0,
        min=0,
        help="How many MiB all hand-ins together may have. 0: hand_in_size for each of them.",
    ).tag(config=True)

    zip_ext = List(
        Unicode(),
        [*ENDINGS, *OTHERS],
        help="The file name endings of archives, upper or lower case. Other files are copied.",
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

    @property
    def extracted(self) -> Extracted:
        """What the collector needs to know about the last download."""
        return self._extraction.extracted

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Extract each archive in a folder to a folder of its own, and copy all other files."""
        if collects_as_nbgrader(self.parent):
            ExtractorPlugin(parent=self.parent).extract(archive_path, extracted_path)
            return
        collector: Any = getattr(self.parent, "collector_plugin_inst", None)
        owners = getattr(collector, "owners", None)  # only our collector has it
        self._extraction = Extraction(
            Path(extracted_path),
            owners if isinstance(owners, Owners) else Owners(Roster(())),
            Quotas(self.hand_in_size, self.hand_in_files, self.download_size),
            self.zone,
            getattr(collector, "given", ()),
            lambda name: is_archive(name, self.zip_ext),
        )
        self.log.info("Extracting from: %s", archive_path)
        try:
            self._extraction.extract(Path(archive_path))
        except DiskFullError as error:
            if self.parent is None:
                raise
            self.parent.fail(str(error))
        if hasattr(collector, "conclude") and not any(
            path.is_file() for path in BoundedWalk(Path(extracted_path), most=sys.maxsize)
        ):
            collector.conclude()  # nbgrader calls the collector only if there is a file
