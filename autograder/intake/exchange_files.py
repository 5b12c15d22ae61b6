"""The files that nbgrader's exchange adds to a folder: the time of handing in, and a secret key."""

import secrets
from pathlib import Path

STAMP, SECRET = "timestamp.txt", "submission_secret.txt"
MAX_SECRET = 200  # bytes


def complete(folder: Path) -> None:
    """Add those that a graded folder lacks; a student fetches the feedback with the key.

    `nbgrader release_feedback` fails for the whole class if one of them is missing.
    """
    (folder / STAMP).touch()
    if not _is_secret(folder / SECRET):
        (folder / SECRET).unlink(missing_ok=True)
        (folder / SECRET).write_text(secrets.token_hex(32), encoding="utf-8")


def _is_secret(path: Path) -> bool:
    if not path.is_file() or path.stat().st_size > MAX_SECRET:
        return False
    return path.read_bytes().strip().isalnum()
