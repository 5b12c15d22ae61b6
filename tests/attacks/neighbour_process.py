"""Leaves a process that waits for the next student's worker.

answers: right
unconfined: bites
students: 2
"""
import os, socket, time

NAME = "\0MARK-waiting"
if STUDENT == 0 and os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
    waiting = socket.socket(socket.AF_UNIX)
    waiting.bind(NAME)
    waiting.listen()
    time.sleep(10)
    os._exit(0)
if STUDENT == 1:
    socket.socket(socket.AF_UNIX).connect(NAME)
    raise RuntimeError("WON")
