"""Changes other people's files without writing to them: modes, times, lengths.

answers: right
unconfined: bites
"""

import os

os.chmod(CANARY_FILE, 0o777)
os.utime(CANARY_FILE, (0, 0))
os.truncate(HOME + "/.netrc", 0)
