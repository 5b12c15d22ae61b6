"""Remarks on a submission, of which those of one kind are told once."""

import re
from collections.abc import Iterable

FEW = 3  # remarks of a kind that are told one by one
MASKED = re.compile(r"`[^`]*`|'[^']*'|\"[^\"]*\"|\d+")  # what differs within a kind


def grouped(remarks: Iterable[str]) -> tuple[str, ...]:
    """Return remarks without repetition, and of many of one kind the first, with their number.

    Remarks are of one kind if they differ in names in quotation marks and in numbers only.
    """
    kinds: dict[str, list[str]] = {}
    for remark in dict.fromkeys(remarks):
        kinds.setdefault(MASKED.sub("", remark), []).append(remark)
    told = []
    for kind in kinds.values():
        if len(kind) <= FEW:
            told += kind
        else:
            told.append(f"{kind[0]} (and {len(kind) - 1} more remarks of this kind)")
    return tuple(told)
