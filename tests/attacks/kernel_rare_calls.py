"""Tries calls that are needed by hardly anybody, and had errors in the past.

answers: right
unconfined: bites
"""

import ctypes

libc = ctypes.CDLL(None)
zeros = ctypes.create_string_buffer(256)
perf = ctypes.create_string_buffer((1).to_bytes(4, "little") + (128).to_bytes(4, "little"), 256)
calls = {
    "bpf": (321, 0, ctypes.create_string_buffer(b"\x02\0\0\0\x04\0\0\0\x08\0\0\0\x01", 72), 72),
    "add_key": (248, b"user", b"MARK", b"x", 1, -1),
    "keyctl": (250, 0, -1, 1),
    "perf_event_open": (298, perf, 0, -1, -1, 0),
    "userfaultfd": (323, 1),
    "fanotify_init": (300, 0, 0),
    "inotify_init": (294, 0),
    "memfd_secret": (447, 0),
    "landlock_create_ruleset": (444, 0, 0, 1),
    "vmsplice": (278, -1, 0, 0, 0),
    "acct": (163, b"/nonexistent"),
    "kcmp": (312, 1, 1, 0, 0, 0),
    "fsopen": (430, b"tmpfs", 0),
    "open_tree": (428, -100, b"/", 1),
}
won = [
    name
    for name, call in calls.items()
    if name != "landlock_create_ruleset" and libc.syscall(*call) >= 0
]
if won:
    raise RuntimeError(f"WON {won}")
