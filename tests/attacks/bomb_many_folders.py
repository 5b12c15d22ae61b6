"""Makes folders without end, which hold nothing and so take no room.

answers: right
only confined: it uses up the file system's entries
"""

import os

for number in range(200_000):
    os.mkdir(str(number))
raise RuntimeError("WON")
