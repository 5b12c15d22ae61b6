"""Looks for tokens in its own environment, in both places where it is kept.

answers: right
"""

import os

found = [*os.environ.values(), *os.environb.values(), open("/proc/self/environ").read()]
raise RuntimeError([text for text in found if "canary" in text])
