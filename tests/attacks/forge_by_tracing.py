"""Traces every function of the server, to change what it returns.

answers: wrong
"""

import sys, threading


def trace(frame, event, argument):
    if frame.f_code.co_name == "do_call" and "value" in frame.f_locals:
        frame.f_locals["value"] = np.ones((20, 30))
    if frame.f_code.co_name == "serve":
        frame.f_locals["number"] = 1
    return trace


sys.settrace(trace)
sys.setprofile(trace)
threading.settrace_all_threads = trace
frame = sys._getframe()
while frame:
    frame.f_trace = trace
    frame = frame.f_back
