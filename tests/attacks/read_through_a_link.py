"""Makes a link in its own folder, and reads the file that it leads to.

answers: right
unconfined: bites
"""

import os, tempfile

folder = tempfile.mkdtemp()
os.symlink(CANARY_FILE, folder + "/link")
text = open(folder + "/link").read()
os.unlink(folder + "/link")
os.rmdir(folder)
raise RuntimeError(text)
