"""Groups the remarks on a submission by their kind."""

import re
from collections.abc import Iterable

FEW = 3  # remarks of one kind that are shown one by one
MASKED = re.compile(r"`[^`]*`|'[^']*'|\"[^\"]*\"|\d+")  # what differs within a kind


def grouped(remarks: Iterable[str]) -> tuple[str, ...]:
    """Return remarks without repetitions; of many of one kind, the first and their number.

    Remarks are of one kind if they differ only in quoted names and in numbers.
    """
    kinds: dict[str, list[str]] = {}
    for remark in dict.fromkeys(remarks):
        kinds.setdefault(MASKED.sub("", remark), []).append(remark)
    shown = []
    for kind in kinds.values():
        if len(kind) <= FEW:
            shown += kind
        else:
            shown.append(f"{kind[0]} (and {len(kind) - 1} more remarks of this kind)")
    return tuple(shown)
