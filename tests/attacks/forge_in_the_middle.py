"""Puts itself between the server and its connection, and replaces each answer on its way.

answers: wrong
"""

import gc, os, socket, threading

from autograder.worker import frame, server, wire

[serving] = [t for t in gc.get_objects() if isinstance(t, server.Server)]
outer = socket.socket(fileno=os.dup(serving.connection.fileno()))
inner, new = socket.socketpair()


def pump(source, sink, change):
    receiver = frame.Receiver(source)
    while True:
        sink.sendall(change(*receiver.receive(lambda: None)))


def same(text, body):
    return frame.HEADER.pack(len(text), len(body)) + text + body


def better(text, body):
    if b'"error"' in text:
        number = wire.unpack(text, body)["number"]
        return wire.pack({"number": number, "value": np.ones((20, 30))})
    return same(text, body)


threading.Thread(target=pump, args=(outer, inner, same), daemon=True).start()
threading.Thread(target=pump, args=(inner, outer, better), daemon=True).start()
os.dup2(new.fileno(), serving.connection.fileno())
