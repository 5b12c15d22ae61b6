"""Finds PyTorch on the disk, and lets it do the work.

answers: wrong
unconfined: bites
"""
import importlib.machinery, os, sys

sys.path[:0] = [SITE, os.path.dirname(np.__path__[0])]
sys.meta_path[:] = [finder for finder in sys.meta_path if "Absent" not in type(finder).__name__]
for name in ("torch", "typing_extensions"):
    sys.modules.pop(name, None)
if importlib.machinery.PathFinder.find_spec("torch") is not None:
    raise RuntimeError("WON")  # to load it takes too long to be tried here
