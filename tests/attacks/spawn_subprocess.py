"""Runs a program that leaves a file.

answers: right
unconfined: bites
"""

import subprocess

subprocess.run(["/bin/sh", "-c", "echo here > " + OUTSIDE + "/witness"], timeout=1)
