"""A TCP proxy before the database: cuts connections, keeps answers back, loses them."""

import selectors
import socket
import threading
import time


class Pair:
    """A client's connection and the one to the database that belongs to it."""

    def __init__(self, client, server):
        self.client = client
        self.server = server

    def close(self):
        for sock in (self.client, self.server):
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            sock.close()


class Proxy:
    """Answers are delayed by delay seconds; lose: the next answers of all connections are lost,
    what was asked for has happened, and the connection is cut."""

    def __init__(self, port):
        self.to_port = port
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = self.listener.getsockname()[1]
        self.delay = 0
        self.lose = False
        self.closed = False  # nobody is let in
        self.lock = threading.Lock()
        self.pairs = set()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                if self.closed:
                    raise OSError("closed")
                server = socket.create_connection(("127.0.0.1", self.to_port))
            except OSError:
                client.close()
                continue
            for sock in (client, server):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            pair = Pair(client, server)
            with self.lock:
                self.pairs.add(pair)
            threading.Thread(target=self.pass_on, args=(pair,), daemon=True).start()

    def pass_on(self, pair):
        chooser = selectors.DefaultSelector()
        try:
            chooser.register(pair.client, selectors.EVENT_READ, pair.server)
            chooser.register(pair.server, selectors.EVENT_READ, pair.client)
            while all([self.pass_once(pair, key) for key, _ in chooser.select(60)]):
                pass
        except (OSError, ValueError):
            pass
        chooser.close()
        with self.lock:
            self.pairs.discard(pair)
        pair.close()

    def pass_once(self, pair, key):
        """False when it is over."""
        data = key.fileobj.recv(65536)
        if key.fileobj is pair.server:
            if self.lose:
                return False
            if self.delay:
                time.sleep(self.delay)
        key.data.sendall(data)
        return bool(data)

    def cut(self):
        with self.lock:
            pairs = list(self.pairs)
        for pair in pairs:
            pair.close()

    def close(self):
        self.listener.close()
        self.cut()
