"""The visible checks: each runs your layer on a small case, and a failed one helps you on.

The message is one line: what was found, what should be, and the input, in whole numbers, so that
you can redo it by hand. The checks look at each promise of the two docstrings in a small way. The
hidden tests, which run after hand-in, ask for more: other sizes, other rates, many calls. Passing
here is a good sign, and no proof.
"""

from visible_checks.dropout_backward import check_dropout_backward
from visible_checks.dropout_forward import check_dropout_forward
from visible_checks.l2_backward import check_l2_backward
from visible_checks.l2_forward import check_l2_forward

__all__ = [
    "check_dropout_backward",
    "check_dropout_forward",
    "check_l2_backward",
    "check_l2_forward",
]
