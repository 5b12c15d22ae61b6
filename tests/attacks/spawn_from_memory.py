"""Becomes a program that lies in no file system.

answers: right
unconfined: bites
"""

import os

descriptor = os.memfd_create("program", 0)
os.write(descriptor, b"#!/bin/sh\necho here > " + OUTSIDE.encode() + b"/witness\n")
os.execve(descriptor, ["program"], {})
