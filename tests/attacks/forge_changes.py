"""Claims that its arguments have been changed, to make what is expected what it answers.

answers: wrong
"""

from autograder.worker import server


def do_call(self, target, args, kwargs):
    value = target(*args, **kwargs)
    return value, [(n, np.zeros_like(a)) for n, a in enumerate(args) if isinstance(a, np.ndarray)]


server.Server.do_call = do_call
