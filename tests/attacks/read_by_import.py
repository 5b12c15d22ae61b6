"""Imports a hidden suite, and asks its loader for the text.

answers: right
unconfined: bites
"""

import importlib.machinery, re

path = COURSE + "/tests/hidden/dropout_l2/test_dropout_forward.py"
text = importlib.machinery.SourceFileLoader("suite", path).get_data(path)
raise RuntimeError(re.findall(b"canary[0-9a-f]+", text))
