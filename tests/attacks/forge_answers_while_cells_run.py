"""Answers the request to run the cells before they have run.

answers: wrong
"""

import gc

from autograder.worker import server, wire

for thing in gc.get_objects():
    if isinstance(thing, server.Server):
        for number in range(9):
            thing.connection.sendall(wire.pack({"number": number, "value": []}))
