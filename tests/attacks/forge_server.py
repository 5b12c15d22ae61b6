"""Replaces the operations of the server by some that always have a good answer.

answers: wrong
"""

import sys

from autograder.worker import server


def do_call(self, target, args, kwargs):
    return (
        np.ones((len(args[0]), 30))
        if args and isinstance(args[0], np.ndarray)
        else self.objects[target](*args, **kwargs)
    )


server.Server.do_call = do_call
server.Server.do_repeat = lambda self, calls, times, **how: (
    [np.eye(200)[: len(args[0])] for _, args in calls] * times
)
server.Server.do_call_new = lambda self, make, given, options, attributes, args: (
    [np.eye(200)[: len(args[0])]] * len(options)
)
server.Server.do_getattr = lambda self, target, name: {"weights": 1.0, "bias": 1.0}
