"""Opens as many files as it may, and never closes one.

answers: right
"""
import os

opened = []
for _ in range(5000):
    opened.append(os.open("/dev/null", os.O_RDONLY))
raise RuntimeError("WON")
