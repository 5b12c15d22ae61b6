"""The code of a notebook that keeps a diary: its log says what is done in it, and in which order."""

import types

from autograder.worker.cells import Cell, Notebook

CODE = """\
import os
import numpy as np

log = []

def entries():
    return list(log)

def do(what):
    if what == "raise":
        raise ValueError("no")
    if what == "hang":
        while True:
            pass
    if what == "exit":
        os._exit(3)

class Layer:
    def __init__(self, what="", inner=None):
        log.append(f"make {what}")
        do(what)
        self.inner = inner
        self.rate = 1

    def __call__(self, x):
        log.append("call")
        return x

    def scale(self, x):
        log.append("scale")
        x *= self.rate
        return x

    def fail(self):
        raise ValueError("failed")

    def shadow(self, value):
        self.scale = value

    @property
    def knob(self):
        return self.rate

    @knob.setter
    def knob(self, value):
        log.append(f"knob {value}")
        do(value)
        self.rate = value

class Sub(Layer):
    pass

class New:
    def __new__(cls, what):
        return 3 if what == "int" else Layer()

    def scale(self, x):
        return x

class Meta(type):
    def __call__(cls, *args):
        return 5

class Called(metaclass=Meta):
    pass

class Slots:
    __slots__ = ("scale", "rate")

    def __init__(self, scale=None):
        if scale is not None:
            self.scale = scale
        self.rate = 2

class Anything:
    def __getattribute__(self, name):
        return 7

    def scale(self, x):
        return x

class Fallback:
    def __getattr__(self, name):
        return {"missing": 4}[name]

    def scale(self, x):
        return x + 1

class Changes:
    def __init__(self, x):
        x[...] = 9

class Turns:
    def __init__(self):
        self.__class__ = Layer
        self.rate = 2

def Function(what=""):
    return 6

def grow():
    return Layer()

def forget_scale():
    del Layer.scale

def replace_new():
    Layer.__new__ = staticmethod(lambda cls, *args: 3)
"""


def in_this_process() -> types.ModuleType:
    """Return a module of this process in which the code has been run."""
    notebook = Notebook()
    cell: Cell = {"source": CODE, "role": "own"}
    notebook.run([cell], set(), lambda number, line: None, definitions_only=False)
    assert not notebook.remarks
    return notebook.module
