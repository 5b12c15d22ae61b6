"""Prints as much as it may.

answers: right
"""

import os, sys

print("x" * 10**8)
sys.stderr.write("y" * 10**8)
for _ in range(1000):
    os.write(1, bytes(10**6))
    os.write(2, bytes(10**6))
