"""Opens NumPy's own files for writing, as a change for all who come later.

answers: right
unconfined: bites
"""

import os

for path in (np.__file__, np._core._multiarray_umath.__file__, os.__file__):
    with open(path, "r+b"):
        raise RuntimeError("WON")
