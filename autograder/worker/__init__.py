"""The untrusted side: all that runs in the process in which a student's code runs.

Nothing here may import more than the standard library and NumPy, and the trusted side believes
nothing that comes from here: only `wire` is used on both sides.
"""
