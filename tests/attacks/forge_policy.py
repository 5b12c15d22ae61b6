"""Gives itself leave to use PyTorch, and uses it.

answers: wrong
"""

from autograder.worker import absent

absent.policy.forbidden = frozenset()
absent.policy.grading = False
absent._refuse = lambda name: None
absent._touch = lambda name: None
import torch


class Dropout(Dropout):
    def __call__(self, x):
        return torch.nn.functional.dropout(torch.tensor(self.layer(x)), self.p).numpy()
