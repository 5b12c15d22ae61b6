"""Leaves folders nested so deep that no path names them, and that recursion does not reach.

answers: right
students: 2
"""

import os

for _ in range(3000):
    os.mkdir("inner")
    os.chdir("inner")
