"""Answers nothing and reads nothing, so that whoever writes to it must wait.

answers: wrong
"""

import gc, time

from autograder.worker import server

[serving] = [t for t in gc.get_objects() if isinstance(t, server.Server)]
serving.connection.setsockopt(1, 8, 1)  # the smallest room for what arrives
serving.requests.receive = lambda deadline: time.sleep(30)
