"""Claims that its arguments have been changed, to make what is expected what it answers.

answers: wrong
"""

from autograder.worker import server


def do_call(self, target, args, kwargs):
    arrays = [a for a in args if isinstance(a, np.ndarray)]
    self.changed = [(n, np.zeros_like(a)) for n, a in enumerate(arrays)]
    return self.objects[target](*args, **kwargs)


server.Server.do_call = do_call
