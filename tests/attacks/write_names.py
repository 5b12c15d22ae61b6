"""Renames, links and deletes other people's files.

answers: right
unconfined: bites
"""

import os

os.link(CANARY_FILE, OUTSIDE + "/link")
os.rename(CANARY_FILE, OUTSIDE + "/moved")
os.unlink(HOME + "/.netrc")
