"""Honest but awkward code: it gets full marks in every item, with namespaces and without.

Each case is a part of a notebook, and several stand in one: where a single one loses anything, its
notebook does.
"""

import re
import shutil
import textwrap
from typing import NamedTuple

import pytest
from nbformat.v4 import new_code_cell

from autograder.course.assignment import Assignment
from autograder.course.submission import filled
from autograder.grading.process import GradingProcess
from autograder.results.report import Status
from autograder.sandbox import isolation
from autograder.worker.confinement import Layer
from tests.conftest import PROJECT

LEVELS = {"best": None, "container": frozenset({Layer.LANDLOCK, Layer.SECCOMP})}
DROPOUT = """\
PRELUDE
class Dropout(LayerWrapper):
    BODY
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        self.p = p
        MAKING

    def __call__(self, x):
        CALLING
        h = self.layer(x)
        scale = 1 / (1 - self.p) if self.p < 1 else 0.0
        self.mask = scale * (np.random.rand(*h.shape) > self.p) if self.training else np.ones(h.shape)
        CALLED
        return h * self.mask

    def backward(self, grad_output):
        CALLING
        return self.layer.backward(grad_output * self.mask)
"""
L2 = """\
class L2regularization(LayerWrapper):
    BODY
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        self.coefficient = coefficient
        MAKING

    def __call__(self, x):
        CALLING
        return self.layer(x)

    def penalty(self):
        CALLING
        return float(self.coefficient * np.sum(self.weights**2))

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] = self.grads["weights"] + 2 * self.coefficient * self.weights
        return grad_input
"""


class Part(NamedTuple):
    """A part of a notebook: cells before and after the answers, and what stands within them."""

    before: tuple = ()
    after: tuple = ()
    prelude: str = ""
    body: str = ""
    making: str = ""
    calling: str = ""
    called: str = ""
    end: tuple = ()


def cell(*sources):
    """Return a part that stands both before and after the answers."""
    return Part(before=sources, after=sources)


def call(code, prelude="", **more):
    return Part(calling=code, prelude=prelude, **more)


NOTEBOOKS = {
    "warnings": {
        "as_errors_in_a_cell": cell("import warnings\nwarnings.simplefilter('error')\nwarnings.warn('a')"),
        "at_import": Part(prelude="import warnings\nwarnings.warn('old', DeprecationWarning)"),
        "in_calls": call(
            "with warnings.catch_warnings():\n    warnings.simplefilter('always')\n"
            "    warnings.warn('slow')"
        ),
        "numpy_raises": cell("import numpy as np\nnp.seterr(all='raise')"),
        "numpy_prints": cell("np.set_printoptions(precision=2)\nold = np.geterr()"),
    },
    "numpy_raises_in_the_answer": {
        "seterr": Part(prelude="np.seterr(divide='raise', invalid='raise')"),
        "divided": call("np.seterr(divide='ignore'); np.array([1.0]) / np.zeros(1)"),
        "errstate": call("with np.errstate(all='ignore'):\n    np.log(np.zeros(1))"),
    },
    "output": {
        "ten_megabytes": cell("print('x' * 10_000_000)\nfor i in range(20000): print(i)"),
        "progress_bar": call("print('\\r[####    ]', end='', flush=True)"),
        "ten_megabytes_in_a_call": Part(making="print('y' * 1_000_000)"),
        "standard_error": call("import sys; print('careful', file=sys.stderr); sys.stderr.flush()"),
        "written_by_number": call("import os; os.write(1, b'hello'); os.write(2, b'hello')"),
        "redirected": call(
            "with contextlib.redirect_stdout(io.StringIO()) as told:\n    print('x')\nassert told.getvalue()",
            "import contextlib, io",
        ),
        "pretty": cell("from pprint import pprint\npprint({'a': list(range(100))})\ndisplay(3)\n3"),
        "trailing_expression": cell("np.arange(3)", "None", "1; 2;"),
    },
    "output_replaced": {
        "stdout": cell("import sys, io\nsys.stdout = io.StringIO()\nprint('kept')"),
        "stderr_closed": cell("import sys\nsys.stderr = None"),
        "print_patched": cell("import builtins\nbuiltins.print = lambda *a, **k: None\nprint('x')"),
        "print_shadowed": call("print('x')", "def print(*what): pass"),
        "stdout_closed": cell("import sys\nsys.stdout.close()"),
    },
    "asking": {
        "in_a_cell": cell("p = float(input('p? ') or 0.5)", "name = input()", "int(input())"),
        "in_a_call": call("self.answer = input('go on?')"),
        "getpass": cell("import getpass\ngetpass.getpass()"),
        "stdin": cell("import sys\nsys.stdin.readline()\nsys.stdin.read()"),
    },
    "magics": {
        "inline": cell("%matplotlib inline\n%config InlineBackend.figure_format = 'retina'"),
        "load_ext": cell("%load_ext autoreload\n%autoreload 2\nimport numpy as np"),
        "shell": cell("!pip install numpy torch\nfiles = !ls\n!cd .. && ls \\\n  -l"),
        "help": cell("?np.random\nnp.random.rand?\nnp.random.rand??\nhelp(np.sum)"),
        "line_magic": cell("get_ipython().run_line_magic('matplotlib', 'inline')\nget_ipython().system('ls')"),
        "timed_value": cell("%time y = 3\n%timeit sum(range(10))\nx = %pwd"),
        "in_blocks": cell("if True:\n    %time 3\n    !ls\nfor i in range(2):\n    %time i"),
        "bash_cell": cell("%%bash\nls | head\nfor i in 1 2; do echo $i; done", "%%html\n<b>x</b>"),
        "writefile": cell("%%writefile own.py\nx = 1", "%%latex\n$x$"),
        "lonely": cell("%pip install tqdm", "%conda install tqdm -y", "%reset -f", "%who", "%pdb on"),
    },
    "run_as_in_jupyter": {
        "timed": Part(before=("%time X1 = 1",), calling="assert X1 == 1"),
        "timed_cell": Part(before=("%%time\nX2 = 1\n%time Y2 = 2", "%%capture out\nX3 = 1"), calling="assert X2 + Y2 + X3 == 4"),
        "indented_helper": Part(before=("    # mine\n    def helper(x):\n        return x",), calling="assert helper(3) == 3"),
        "indented_by_a_tab": Part(before=("\tdef tabbed(x):\n\t\treturn x",), calling="assert tabbed(3) == 3"),
        "prompts": Part(before=(">>> def pasted(x):\n...     return x", "In [3]: Z1 = 3\n   ...: Z2 = 4"), calling="assert pasted(Z1) + Z2 == 7"),
        "help": Part(before=("np.random.rand?\nH1 = 1", "np.*rand*?\nH2 = 2"), calling="assert H1 + H2 == 3"),
        "shell": Part(before=("files = !ls\nN1 = 1\n!echo it's (",), calling="assert N1 == 1"),
        "await": Part(before=("import asyncio\nasync def later(): await asyncio.sleep(0); return 3\nA1 = await later()",), calling="assert A1 == 3"),
        "automagic": Part(before=("time T1 = 1", "pip install numpy"), calling="assert T1 == 1"),
        "future": Part(before=("from __future__ import annotations",), prelude="def annotated(x: not_there): return x", calling="annotated(3)"),
        "in_the_answer": Part(prelude="%load_ext autoreload\nnp.random.rand?\n%time P1 = 1", calling="assert P1 == 1"),
    },
    "plots": {
        "subplots": cell(
            "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1, 2])\nplt.show()"
        ),
        "grid": cell("fig, axes = plt.subplots(2, 3)\nfor ax in axes.flat: ax.imshow(np.eye(3))\nplt.tight_layout()"),
        "saved": cell("plt.figure(figsize=(3, 3)); plt.hist(np.random.randn(99)); plt.savefig('a.png')"),
        "in_a_call": call("plt.plot([1, 2]); plt.title('mask'); plt.show(); plt.close('all')"),
        "backend": cell("import matplotlib\nmatplotlib.use('Agg')\nplt.style.use('ggplot')"),
        "seaborn": cell("import seaborn as sns\nsns.set_theme()\nsns.heatmap(np.eye(3))"),
        "widgets": cell("from ipywidgets import interact\ninteract(lambda p: p, p=(0, 1))"),
        "display_of_ipython": cell("from IPython.display import display, clear_output, HTML\nclear_output(wait=True)\ndisplay(HTML('x'))"),
    },
    "libraries": {
        "pandas": cell("import pandas as pd\ntable = pd.DataFrame({'a': [1]})\ntable.describe()\ntable['a'].plot()"),
        "tqdm": cell("from tqdm.notebook import tqdm\nfor i in tqdm(range(3)): pass\nfor i in tqdm(range(3), desc='x'): tqdm.write('x')"),
        "tqdm_in_a_call": call("bar = tqdm(total=3); bar.update(1); bar.close()", "from tqdm import tqdm"),
        "sklearn": cell("from sklearn.datasets import load_digits\nx, y = load_digits(return_X_y=True)\nx = x / 16"),
        "scipy": cell("import scipy.stats as st\nst.norm(0, 1).pdf(0.3) + 1"),
        "torch": cell("import torch, torch.nn as nn\nclass Net(nn.Module):\n    pass\nassert torch.allclose(torch.ones(3), torch.ones(3))"),
        "try_cupy": Part(prelude="try:\n    import cupy as xp\nexcept ImportError:\n    xp = np", calling="xp.zeros(3)"),
        "try_numba": Part(prelude="try:\n    from numba import njit\nexcept Exception:\n    njit = lambda f: f\n\n@njit\ndef twice(a):\n    return 2 * a\n", calling="assert twice(2) == 4"),
        "named_cupy": Part(prelude="import numpy as cupy", calling="cupy.zeros(3)"),
        "typing_extensions": Part(prelude="from typing import Optional, Union, Callable, TypeVar, Generic\nT = TypeVar('T')\nclass Box(Generic[T]): pass"),
        "colab": cell("from google.colab import drive\ndrive.mount('/content/drive')"),
    },
    "failing_cells": {
        "exceptions": cell("1 / 0", "undefined", "raise SystemExit(1)", "assert False", "exit()", "quit(3)"),
        "no_python": cell("def broken(:\n  pass", "print 'old'", "x = = 3", "    x = 1\n  y = 2"),
        "interrupted": cell("raise KeyboardInterrupt"),
        "recursion": cell("def f(n): return f(n + 1)\nf(0)", "import sys\nsys.setrecursionlimit(100_000)"),
        "missing_file": cell("open('data.csv')", "np.load('weights.npy')", "np.loadtxt('x.txt')"),
        "network": cell("import urllib.request\nurllib.request.urlopen('http://example.com')"),
        "wrong_shapes": cell("np.ones((2, 3)) @ np.ones((2, 3))"),
        "too_large": cell("np.ones((100_000, 100_000))"),
        "subprocess": cell("import subprocess\nsubprocess.run(['ls'])", "import os\nos.system('ls')"),
        "deleted": cell("x = 3\ndel x\ndel np", "import numpy as np"),
        "os_exit": Part(after=("import os\nos._exit(0)",)),
    },
    "endless_cells": {
        "loop": Part(before=("while True:\n    pass",)),
        "sleep": Part(after=("import time\ntime.sleep(30)",)),
        "lock": Part(after=("import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()",)),
    },
    "threads": {
        "pool": call(
            "with concurrent.futures.ThreadPoolExecutor(4) as pool:\n"
            "    assert list(pool.map(abs, [-1, 1])) == [1, 1]",
            "import concurrent.futures, threading, queue",
        ),
        "thread": call("one = threading.Thread(target=lambda: None); one.start(); one.join()"),
        "daemon_left_over": Part(after=("import threading, time\nthreading.Thread(target=time.sleep, args=(99,), daemon=True).start()",)),
        "timer": cell("import threading\nthreading.Timer(99, print).start()"),
        "raising": cell("import threading\nthreading.Thread(target=lambda: 1 / 0).start()"),
        "asyncio": cell("import asyncio\nasync def f(): await asyncio.sleep(0); return 3\nasyncio.run(f())", "await f()"),
        "counting": call("multiprocessing.cpu_count(); os.cpu_count()", "import multiprocessing, os"),
        "pool_of_processes": cell("import multiprocessing\nwith multiprocessing.Pool(2) as pool: pool.map(abs, [1])"),
        "local": call("local.x = 3", "local = threading.local()"),
    },
    "files": {
        "temporary": call(
            "with tempfile.TemporaryDirectory() as folder:\n    np.save(folder + '/mask.npy', np.eye(3)); np.load(folder + '/mask.npy')",
            "import tempfile, pickle, json, logging, pathlib, sqlite3, hashlib, os, shutil, csv, gzip",
        ),
        "named": call("with tempfile.NamedTemporaryFile('w+') as file:\n    file.write('x'); file.flush()"),
        "pickle": call("pickle.loads(pickle.dumps(x if 'x' in dir() else 3)); pickle.dump(3, open('m.pkl', 'wb'))"),
        "logging": Part(prelude="logging.basicConfig(filename='run.log', level=logging.DEBUG, force=True)", calling="logging.info('called'); logging.warning('careful')"),
        "pathlib": call("pathlib.Path('out').mkdir(exist_ok=True); pathlib.Path('out/a.txt').write_text('ü', encoding='utf-8'); list(pathlib.Path.cwd().iterdir())"),
        "sqlite": call("db = sqlite3.connect(':memory:'); db.execute('create table t (x)'); db.close()"),
        "sqlite_file": call("db = sqlite3.connect('own.db'); db.execute('create table if not exists t (x)'); db.commit(); db.close()"),
        "json": Part(called="self.told = json.dumps(self.mask.tolist())", calling="json.dumps([1.0])"),
        "hashing": Part(called="self.digest = hashlib.sha256(self.mask.tobytes()).hexdigest()"),
        "savez": call("np.savez_compressed('m.npz', a=np.eye(2)); np.load('m.npz')['a']; np.savetxt('m.txt', np.eye(2))"),
        "memmap": call("m = np.memmap('m.dat', dtype='float64', mode='w+', shape=(9,)); m[:] = 1; m.flush()"),
        "gzip_csv": call("with gzip.open('a.gz', 'wt') as f: csv.writer(f).writerow([1])\nshutil.copy('a.gz', 'b.gz'); os.remove('b.gz')"),
        "chdir": cell("import os\nos.makedirs('sub', exist_ok=True); os.chdir('sub'); os.listdir('.')"),
    },
    "system": {
        "environment": Part(prelude="import os, sys, gc, atexit, signal, locale, datetime, copy, time, random, platform", calling="os.environ['RUNS'] = '1'; os.environ.setdefault('OMP_NUM_THREADS', '4'); os.getenv('HOME')"),
        "signal_handlers": cell("import signal\nsignal.signal(signal.SIGINT, lambda *a: None)\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nsignal.alarm(0)"),
        "atexit": cell("import atexit\natexit.register(print, 'bye')"),
        "locale": cell("import locale\nlocale.setlocale(locale.LC_ALL, '')\nlocale.getpreferredencoding()"),
        "datetime": call("datetime.datetime.now().isoformat(); time.perf_counter(); time.sleep(0); time.strftime('%c')"),
        "gc": call("gc.collect(0)", making="gc.disable(); gc.enable()"),
        "platform": cell("import platform, sys\nplatform.platform(); sys.version; sys.getsizeof(3); sys.path.append('..')"),
        "recursion_limit": call("sys.setrecursionlimit(5000)"),
        "tracemalloc": cell("import tracemalloc\ntracemalloc.start(); tracemalloc.stop()", "import cProfile\ncProfile.run('sum(range(9))')"),
        "user": cell("import os, getpass\nos.getlogin()", "getpass.getuser()", "os.path.expanduser('~')"),
        "alarm": cell("import signal\nsignal.signal(signal.SIGALRM, lambda *a: None)\nsignal.setitimer(signal.ITIMER_REAL, 0.01)"),
    },
    "chance": {
        "seed_at_import": Part(prelude="import random\nrandom.seed(0)\nnp.random.seed(0)"),
        "seed_when_made": Part(making="np.random.seed(42)"),
        "state_kept": call("state = np.random.get_state(); np.random.set_state(state)"),
        "seed_sequence": call("np.random.default_rng(np.random.SeedSequence()); random.SystemRandom().random()"),
        "global_counter": Part(prelude="calls = 0\nglobal_state = {}", calling="global calls; calls += 1; global_state[calls] = 1"),
    },
    "language": {
        "decorators": Part(prelude="import functools, dataclasses, enum, abc, typing, itertools, operator\nfrom collections import *\n@functools.lru_cache(maxsize=None)\ndef scale_of(p):\n    return 1 / (1 - p) if p < 1 else 0.0\n", calling="scale_of(0.5)"),
        "dataclasses": Part(prelude="@dataclasses.dataclass(frozen=True, slots=True)\nclass Settings:\n    p: float = 0.5\n    names: list[str] | None = None\n", calling="Settings(0.3)"),
        "enum": Part(prelude="class Mode(enum.StrEnum):\n    TRAIN = 'train'\n", calling="match Mode.TRAIN:\n    case Mode.TRAIN: pass\n    case _: raise ValueError"),
        "walrus": call("if (n := 3) > 2: pass\n[m := i for i in range(3)]"),
        "f_strings": call("f\"{'a' + f'{1:>{3}}'!r:>10} {n=}\""),
        "unicode": Part(prelude="Δ = 1\nπ, größe = 3.14, 2\ndef ß(x): return x", calling="ß(Δ); über = π"),
        "star": call("def f(*a, k=1, **kw): return a\nf(*[1], **{'k': 2}); first, *rest = [1, 2, 3]; {**{'a': 1}}"),
        "metaclass": Part(prelude="class Meta(type):\n    def __new__(m, *a): return super().__new__(m, *a)\nclass Base(metaclass=Meta):\n    __slots__ = ('a',)\n", calling="Base().a = 3"),
        "class_attributes": Part(body="count = 0\ncache: typing.ClassVar[dict] = {}\n@property\ndef rate(self): return self._rate\n@rate.setter\ndef rate(self, v): self._rate = v\n@staticmethod\ndef s(): pass\n@classmethod\ndef c(cls): cls.count += 1", calling="self.c(); self.rate = 3; type(self).cache[1] = 2"),
        "nested": call("def outer():\n    n = 0\n    def inner():\n        nonlocal n; n += 1\n        return n\n    return inner\nouter()(); (lambda *a: a)(1)"),
        "recursion": Part(prelude="def fact(n): return 1 if n < 2 else n * fact(n - 1)", calling="fact(500)"),
        "generators": call("list(i for i in range(3)); sum(itertools.islice(itertools.count(), 5))"),
        "long_line": call("s = " + " + ".join(["0"] * 800)),
        "copied": Part(after=("import copy\ncopy.deepcopy(Dropout(Linear(2, 3)))",), calling="copy.copy(self.__dict__)", prelude="import copy"),
        "deleted": call("a = 3; del a"),
        "docstring": Part(body='r"""LaTeX: $\\frac{1}{1-p}$ and a \\ backslash."""'),
        "try_finally": call("try:\n    raise ValueError\nexcept* ValueError: pass\nfinally: pass"),
        "async_def": Part(body="async def later(self): return 3"),
        "descriptors": Part(body="__repr__ = lambda self: f'{type(self).__name__}()'\ndef __len__(self): return 0\ndef __getattr__(self, name): raise AttributeError(name)"),
    },
    "star_import": {
        "of_numpy": Part(prelude="from numpy import *\nfrom math import sqrt", calling="zeros(3); sqrt(4)"),
    },
    "cells": {
        "main_demo": cell("if __name__ == '__main__':\n    print('running'); x = np.ones(3)"),
        "main_in_the_answer": Part(prelude="if __name__ == '__main__':\n    VERSION = 1\nVERSION"),
        "linear_again": cell("class Linear:\n    pass", "from torch.nn import Linear, Dropout"),
        "redefined_afterwards": Part(after=("class Dropout:\n    pass\nL2regularization = None",)),
        "names_reused": Part(end=("np = 3\nLayerWrapper = Linear = None",)),
        "comments_only": cell("# nothing", "", "   \n\n", "'''text'''"),
        "windows_lines": cell("x = 1\r\ny = 2\r\n"),
        "tabs": cell("if True:\n\tx = 1\n\tif x:\n\t\ty = 2"),
        "form_feed": cell("x = 1\n\x0cy = 2"),
    },
    "large": {
        "temporary_of_400_mb": Part(prelude="calls = 0", calling="global calls\ncalls += 1\nif calls % 50 == 0:\n    big = np.ones(50_000_000); big *= 2"),
    },
    "float32": {
        "inside": Part(called="self.mask = self.mask.astype(np.float32)", calling="np.float32(0.5) * 2"),
    },
}  # fmt: skip


def notebook(release, parts):
    """Return the release with answers and cells that have all these parts."""
    answers = {"dropout": answer(DROPOUT, parts), "l2regularization": answer(L2, parts)}
    solved = filled(release, answers)
    places = [
        i
        for i, cell in enumerate(solved.cells)
        if cell.metadata.get("nbgrader", {}).get("grade_id") in answers
    ]
    after = [new_code_cell(source) for part in parts for source in part.after]
    before = [new_code_cell(source) for part in parts for source in part.before]
    solved.cells += [new_code_cell(source) for part in parts for source in part.end]
    solved.cells[places[-1] + 1 : places[-1] + 1] = after
    solved.cells[places[0] : places[0]] = before
    return solved


def answer(text, parts):
    for hole in ("PRELUDE", "BODY", "MAKING", "CALLING", "CALLED"):
        code = "\n".join(filter(None, (getattr(part, hole.lower()) for part in parts)))
        text = re.sub(
            rf"^( *){hole}$",
            lambda found, code=code: textwrap.indent(code or "pass", found[1]),
            text,
            flags=re.MULTILINE,
        )
    return text


@pytest.fixture(scope="module")
def hasty(tmp_path_factory):
    """The assignment, with less patience for a statement."""
    root = tmp_path_factory.mktemp("awkward")
    for folder in ("source", "release", "tests/hidden"):
        shutil.copytree(PROJECT / folder, root / folder)
    path = root / "tests/hidden/dropout_l2/manifest.toml"
    path.write_text(path.read_text().replace("statement_seconds = 5", "statement_seconds = 1"))
    return Assignment(root, "dropout_l2")


@pytest.fixture(scope="module", params=LEVELS)
def grade(request, hasty):
    """A function that grades a notebook."""
    process = GradingProcess(LEVELS[request.param])
    yield lambda notebook: process.grade_notebook(hasty, notebook)
    process.close()


def losses(report):
    return [
        f"{item.name}: {found.name}: {found.message}"
        for item in report.items
        if item.points != item.max_points
        for found in item.properties
        if found.outcome != "passed"
    ]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_honest_code_loses_nothing(grade, hasty, name):
    """Full marks in every item, and no fault of ours."""
    report = grade(notebook(hasty.release, list(NOTEBOOKS[name].values())))
    assert losses(report) == [], report.remarks
    assert report.status in {Status.GRADED, Status.REMARKS}


def test_there_are_many_cases():
    """Each notebook has several, but the two that need all the room."""
    assert sum(map(len, NOTEBOOKS.values())) >= 100
    assert LEVELS["container"] < isolation.ALL
