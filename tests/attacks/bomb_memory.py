"""Takes as much memory as it may, and writes to all of it.

answers: right
only confined: it takes as much memory as it may
"""

taken = []
for _ in range(48):  # 3 GiB at most
    taken.append(np.ones(2**23))
if len(taken) == 48:
    raise RuntimeError("WON")
