"""What a process of our own leaves out when it starts, since nothing in it is needed."""

import sys

# a grammar that jsonschema, which nbformat needs, compiles for half a second in each process, to
# check a kind of web address; it does without where it is not installed
UNNEEDED = "rfc3987_syntax"


def leave_out() -> None:
    """Let what nothing here needs count as not installed; to be called before all else."""
    sys.modules.setdefault(UNNEEDED, None)  # type: ignore[arg-type]  # as Python's own import says
