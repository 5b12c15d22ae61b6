"""Copies the reference out of the source notebook, and answers with that.

answers: wrong
unconfined: bites
"""

import json

cells = json.load(open(COURSE + "/source/dropout_l2/dropout_l2.ipynb"))["cells"]
exec(
    "".join(
        next(
            c["source"]
            for c in cells
            if c["metadata"].get("nbgrader", {}).get("grade_id") == "dropout"
        )
    )
)
