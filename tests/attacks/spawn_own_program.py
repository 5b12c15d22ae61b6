"""Writes a program into its own folder and runs it.

answers: right
unconfined: bites
"""

import os, shutil, subprocess, tempfile

folder = tempfile.mkdtemp()
with open(folder + "/program", "w") as file:
    file.write("#!/bin/sh\nexit 7\n")
os.chmod(folder + "/program", 0o755)
try:
    code = subprocess.call([folder + "/program"], timeout=1)
finally:
    shutil.rmtree(folder)
if code == 7:
    raise RuntimeError("WON")
