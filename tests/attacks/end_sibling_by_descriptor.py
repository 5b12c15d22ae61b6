"""Stops another process by a descriptor that stands for it.

answers: right
unconfined: bites
"""

import os, signal

signal.pidfd_send_signal(os.pidfd_open(SIBLING), signal.SIGSTOP)
