"""A TCP server that says byte for byte what a test wants, well-formed or not."""

import contextlib
import errno
import socket
import struct
import threading
import unittest
from dataclasses import dataclass, field

from readable import wait_readable


def response(body=b"", *fields, status="200 OK", length=True):
    """A well-formed response."""
    head = [f"HTTP/1.1 {status}", *fields]
    if length:
        head.append(f"Content-Length: {len(body)}")
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


@dataclass
class Request:
    connection: int  # number of the connection it came on, from 0
    method: str
    path: str
    fields: dict
    body: bytes
    head: bytes = field(repr=False)


class PeerGone(Exception):
    """The client has closed or reset the connection."""


class Connection:
    """One client, as a script sees it."""

    def __init__(self, server, sock, number):
        self.server = server
        self.socket = sock
        self.number = number
        self._unread = b""

    def read_request(self):
        """The next request, whole. PeerGone: the client closes instead."""
        while b"\r\n\r\n" not in self._unread:
            self._read_more()
        head, _, rest = self._unread.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        method, path, _ = lines[0].split(" ", 2)
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        length = int(fields.get("content-length", 0))
        self._unread = rest
        while len(self._unread) < length:
            self._read_more()
        body, self._unread = self._unread[:length], self._unread[length:]
        request = Request(self.number, method, path, fields, body, head)
        self.server.note(request)
        return request

    def _read_more(self):
        got = self.socket.recv(65536)
        if not got:
            raise PeerGone
        self._unread += got

    def send(self, data, piece=None):
        """Sends all of it; with `piece` in writes of so many bytes, each a segment of its own."""
        if isinstance(data, str):
            data = data.encode("latin-1")
        for begin in range(0, len(data), piece or len(data) or 1):
            self.socket.sendall(data[begin:begin + (piece or len(data))])

    def send_for_ever(self, data):
        """Sends `data` again and again until the client goes."""
        while True:
            self.socket.sendall(data)

    def drip(self, data, seconds):
        """A byte of `data` every `seconds`, round and round, until the client goes."""
        while True:
            for i in range(len(data)):
                self.socket.sendall(data[i:i + 1])
                if self.wait_until_gone(seconds):
                    raise PeerGone

    def wait_until_gone(self, limit=None):
        """Waits until the client closes or the server stops. With `limit` (seconds): whether it did by then."""
        if not wait_readable(self.socket, self.server.stopped, seconds=limit):
            return False
        with contextlib.suppress(OSError):
            if self.server.is_running() and self.socket.recv(65536):
                return self.wait_until_gone(limit)  # a further request nobody reads
        return True

    def stall(self):
        """Says nothing more for as long as the client has patience."""
        self.wait_until_gone()
        raise PeerGone

    def reset(self):
        """Ends the connection with RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise PeerGone


def open_socket(ip):
    return socket.socket(socket.AF_INET6 if ":" in ip else socket.AF_INET)


def bind_socket(ip, port=0):
    """Skips the test where it is to be an IPv6 address and the machine has none, as in many containers."""
    try:
        bound = open_socket(ip)
        bound.bind((ip, port))
        return bound
    except OSError as error:
        if error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT) and ":" in ip:
            raise unittest.SkipTest("there is no IPv6 here") from error
        raise


class FullBacklog:
    """An address that takes no connection: its listen queue is full, and SYNs are dropped."""

    def __init__(self, ip="127.0.0.1"):
        self.ip = ip

    def __enter__(self):
        self._listener = bind_socket(self.ip)
        self._listener.listen(0)
        self.port = self._listener.getsockname()[1]
        self._fillers = []
        while True:
            filler = open_socket(self.ip)
            filler.settimeout(0.2)
            self._fillers.append(filler)
            try:
                filler.connect((self.ip, self.port))
            except TimeoutError:
                return self

    def __exit__(self, *_):
        for filler in self._fillers:
            filler.close()
        self._listener.close()


class ScriptedServer:
    """Each connection is served by a thread, which reads a request, finds the script of its path, and calls it with the
    connection and the request. A script that returns True keeps the connection. `pages` holds the scripts: functions,
    or bytes that are sent before the connection is closed. Other paths get a response that names them, kept alive.

    `on_connect(connection)` takes over a connection before anything is read."""

    def __init__(self, pages=None, on_connect=None, ip="127.0.0.1", port=0):
        self.pages = pages or {}
        self.on_connect = on_connect
        self.ip = ip
        self.port = port
        self.requests = []
        self.connections = 0
        self._changed = threading.Condition()
        self._threads = []
        self._open = set()

    def __enter__(self):
        self._listener = bind_socket(self.ip, self.port)
        self._listener.listen(1024)
        self.port = self._listener.getsockname()[1]
        self.origin = f"http://[{self.ip}]:{self.port}" if ":" in self.ip else f"http://{self.ip}:{self.port}"
        self.stopped, self._stop = socket.socketpair()
        self._acceptor = threading.Thread(target=self._accept)
        self._acceptor.start()
        return self

    def __exit__(self, *_):
        self.stop_listening()
        self._stop.close()  # wakes whoever waits
        with self._changed:
            for sock in self._open:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self.stopped.close()

    def url(self, path):
        return self.origin + path

    def stop_listening(self):
        if self._listener.fileno() >= 0:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._acceptor.join()
            self._listener.close()

    def is_running(self):
        return self._stop.fileno() >= 0

    def note(self, request):
        with self._changed:
            self.requests.append(request)
            self._changed.notify_all()

    def paths(self):
        with self._changed:
            return [request.path for request in self.requests]

    def wait_for(self, condition, limit=20.0):
        """Waits until `condition()` is true; it is asked again after each request. AssertionError after `limit` s."""
        with self._changed:
            if not self._changed.wait_for(condition, limit):
                raise AssertionError(f"not within {limit} s; requests so far: {self.requests[-5:]} ({len(self.requests)})")

    def wait_until_quiet(self, seconds=0.5, count=None):
        """Waits until no request has come, or what `count` tells has not changed, for so long."""
        count = count or (lambda: len(self.requests))
        with self._changed:
            while True:
                before = count()
                if not self._changed.wait_for(lambda: count() != before, seconds):
                    return

    def notify(self):
        """Has wait_for() look again."""
        with self._changed:
            self._changed.notify_all()

    def _accept(self):
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._changed:
                connection = Connection(self, sock, self.connections)
                self.connections += 1
                self._open.add(sock)
            thread = threading.Thread(target=self._serve, args=[connection])
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection):
        try:
            if self.on_connect is not None:
                self.on_connect(connection)
            else:
                while self._answer(connection, connection.read_request()):
                    pass
        except (PeerGone, OSError):
            pass  # the client may go whenever it likes
        finally:
            with self._changed:
                self._open.discard(connection.socket)
            connection.socket.close()

    def _answer(self, connection, request):
        script = self.pages.get(request.path)
        if script is None:
            connection.send(response(request.path.encode()))
            return True
        if callable(script):
            return script(connection, request)
        connection.send(script)
        return False
