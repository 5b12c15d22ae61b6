"""Opens the gradebook as the database that it is.

answers: right
unconfined: bites
"""

import sqlite3

raise RuntimeError(sqlite3.connect(GRADEBOOK).execute("select * from grade").fetchall())
