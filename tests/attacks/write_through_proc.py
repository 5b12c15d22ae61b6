"""Writes to the kernel's settings and to its own limits.

answers: right
unconfined: bites
"""

import os, resource

won = []
for path, text in [
    ("/proc/self/oom_score_adj", "-1000"),
    (f"/proc/{os.getppid()}/oom_score_adj", "0"),
]:
    try:
        open(path, "w").write(text)
        won.append(path)
    except OSError:
        pass
try:
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    won.append("more files")
except (OSError, ValueError):
    pass
if won:
    raise RuntimeError(f"WON {won}")
