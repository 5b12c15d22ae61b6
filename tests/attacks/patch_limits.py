"""Takes back its own limits: of memory, of processor time, of signals.

answers: right
"""

import resource

for name in ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE"):
    resource.setrlimit(getattr(resource, name), resource.getrlimit(getattr(resource, name)))
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
if hard == resource.RLIM_INFINITY:
    raise RuntimeError("WON")
