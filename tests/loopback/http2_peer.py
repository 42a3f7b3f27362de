"""An HTTP/2 server that says frame for frame what a test wants, and keeps what the client said."""

import collections
import contextlib
import socket
import struct
import time
from dataclasses import dataclass

import hpack

from http2_frames import (
    ACK, CONTINUATION, DATA, DEFAULT_FRAME, DEFAULT_WINDOW, END_HEADERS, END_STREAM, HEADERS, INITIAL_WINDOW_SIZE,
    MAX_FRAME_SIZE, OK, PADDED, PING, PREFACE, RST_STREAM, SETTINGS, WINDOW_UPDATE, WITH_PRIORITY, data, frame, headers,
    settings, settings_ack, window_update)
from readable import wait_readable
from scripted_server import PeerGone, Request, ScriptedServer
from tls_server import server_context


@dataclass
class Http2Request(Request):
    stream: int = 0


@dataclass
class Frame:
    kind: int
    flags: int
    stream: int
    payload: bytes

    @property
    def content(self):
        """The payload without padding and priority (RFC 9113 sections 6.1 and 6.2)."""
        begin, end = 0, len(self.payload)
        if self.flags & PADDED:
            begin, end = 1, end - self.payload[0]
        if self.kind == HEADERS and self.flags & WITH_PRIORITY:
            begin += 5
        return self.payload[begin:end]


class Http2Connection:
    """One client, as a script sees it."""

    def __init__(self, connection):
        self._connection = connection
        self.server = connection.server
        self.number = connection.number
        self.resets = {}    # stream: code of the client's RST_STREAM
        self.client = {}    # the client's settings
        self.acknowledged = False  # the client knows the server's settings
        self._unread = b""
        self._decoder = hpack.Decoder()
        self._windows = collections.defaultdict(int)  # what each stream may send, beside the initial window; 0: the connection
        self._windows[0] = DEFAULT_WINDOW
        self._open = {}     # stream: [fields, body] of a request that is not whole
        self._block = None  # (stream, flags, bytes) of a head that is not whole
        self._whole = collections.deque()

    @property
    def socket(self):
        return self._connection.socket

    # What the client says.

    def read_frame(self):
        """The next frame, unheeded. PeerGone: the client closes instead."""
        length, kind, flags, stream = struct.unpack(">IBBI", b"\0" + self._read(9))
        return Frame(kind, flags, stream & 0x7FFFFFFF, self._read(length))

    def _read(self, size):
        while len(self._unread) < size:
            got = self.socket.recv(262144)
            if not got:
                raise PeerGone
            self._unread += got
        taken, self._unread = self._unread[:size], self._unread[size:]
        return taken

    def begin(self, *pairs):
        """Takes the client's preface and says the server's settings."""
        self.read_preface()
        self.send(settings(*pairs))

    def read_preface(self):
        preface = self._read(len(PREFACE))
        if preface != PREFACE:
            raise AssertionError(f"the client does not begin with the preface: {preface!r}")

    def read_request(self):
        """The next request, whole; what else the client says on the way is answered and kept."""
        while not self._whole:
            self.heed(self.read_frame())
        request = self._whole.popleft()
        self.server.note(request)
        return request

    def hears_request(self, seconds):
        """Whether one is whole after so long, or before. In clear text only: TLS may have read more than it has given."""
        end = time.monotonic() + seconds
        while not self._whole and (self._unread or wait_readable(self.socket, seconds=end - time.monotonic())):
            self.heed(self.read_frame())
        return bool(self._whole)

    def read_until(self, condition):
        while not condition():
            self.heed(self.read_frame())

    def heed(self, got):
        """Does what a server must with a frame."""
        if got.kind == SETTINGS and got.flags & ACK:
            self.acknowledged = True
        elif got.kind == SETTINGS:
            self.client |= dict(struct.iter_unpack(">HI", got.payload))
            self.send(settings_ack())
        elif got.kind == PING and not got.flags & ACK:
            self.send(frame(PING, payload=got.payload, flags=ACK))
        elif got.kind == WINDOW_UPDATE:
            self._windows[got.stream] += struct.unpack(">I", got.payload)[0]
        elif got.kind == RST_STREAM:
            self.resets[got.stream] = struct.unpack(">I", got.payload)[0]
            self._open.pop(got.stream, None)
        elif got.kind in (HEADERS, CONTINUATION):
            self._heed_head(got)
        elif got.kind == DATA:
            self._heed_data(got)

    def _heed_head(self, got):
        stream, flags, begun = self._block or (got.stream, got.flags, b"")
        begun += got.content if got.kind == HEADERS else got.payload
        self._block = (stream, flags, begun)
        if got.flags & END_HEADERS:
            self._block = None
            fields = {}
            for name, value in self._decoder.decode(begun):
                fields[name] = f"{fields[name]}{'; ' if name == 'cookie' else ', '}{value}" if name in fields else value
            self._open[stream] = [fields, b""]
            self._end_if(flags & END_STREAM, stream)

    def _heed_data(self, got):
        if got.stream in self._open:
            self._open[got.stream][1] += got.content
            if got.payload:
                self.send(window_update(0, len(got.payload)) + window_update(got.stream, len(got.payload)))
            self._end_if(got.flags & END_STREAM, got.stream)

    def _end_if(self, ended, stream):
        if ended:
            fields, body = self._open.pop(stream)
            self._whole.append(Http2Request(self.number, fields[":method"], fields[":path"], fields, body, b"", stream))

    # What the server says.

    def send(self, said, piece=None):
        self._connection.send(said, piece)

    def send_for_ever(self, said):
        self._connection.send_for_ever(said)

    def drip(self, said, seconds):
        self._connection.drip(said, seconds)

    def respond(self, request, body=b"", *fields, end=True):
        """A response of any size, as fast as the client's windows let it out; `fields` may begin with its status. Without
        `end`, more is to come on the stream."""
        status = fields[0] if fields and fields[0][0] == ":status" else OK
        rest = fields[1:] if status is not OK else fields
        has_body = bool(body) and request.method != "HEAD"
        if status[1] not in ("204", "304"):
            rest = (*rest, ("content-length", str(len(body))))
        self.send(headers(request.stream, status, *rest, end=end and not has_body))
        if has_body:
            self.send_body(request.stream, body, end)

    def send_body(self, stream, body, end=True):
        at = 0
        while at < len(body):
            self.read_until(lambda: self._room(stream) > 0 or stream in self.resets)
            if stream in self.resets:
                return
            part = body[at:at + min(self._room(stream), self.client.get(MAX_FRAME_SIZE, DEFAULT_FRAME))]
            at += len(part)
            for window in (0, stream):
                self._windows[window] -= len(part)
            self.send(data(stream, part, end=end and at == len(body)))

    def _room(self, stream):
        return min(self._windows[0], self._windows[stream] + self.client.get(INITIAL_WINDOW_SIZE, DEFAULT_WINDOW))

    # How it ends.

    def wait_until_gone(self, limit=None):
        """As Connection.wait_until_gone: whatever the client still says is read and dropped."""
        return self._connection.wait_until_gone(limit)

    def stall(self):
        self._connection.stall()

    def reset(self):
        self._connection.reset()

    def hang_up(self):
        """Ends what it says, and waits until the client has closed: a close with something unread would reset the connection, and
        take from the client what was said last."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)
            self.wait_until_gone(5)
        raise PeerGone


class Http2Server(ScriptedServer):
    """As ScriptedServer: the script of a path is called with the connection and the request, and returns True to keep the
    connection; bytes are the body of a page. Within TLS, which must agree on h2, where `certificate` is a PEM file.

    `on_http2(connection)` takes over each connection before anything is read, `on_http1(connection)`, a ScriptedServer's, each of
    a client that agrees on HTTP/1.1 only."""

    def __init__(self, pages=None, on_http2=None, certificate=None, on_http1=None, **more):
        super().__init__(pages, on_connect=self._serve_http2, **more)
        self.on_http2 = on_http2
        self.on_http1 = on_http1
        self.context = None
        if certificate is not None:
            self.context = server_context(certificate)
            self.context.set_alpn_protocols(["h2", "http/1.1"] if on_http1 else ["h2"])

    def __enter__(self):
        super().__enter__()
        if self.context is not None:
            self.origin = self.origin.replace("http:", "https:")
        return self

    def _serve_http2(self, accepted):
        if self.context is not None:
            accepted.socket = self.context.wrap_socket(accepted.socket, server_side=True)
            if self.on_http1 and accepted.socket.selected_alpn_protocol() != "h2":
                return self.on_http1(accepted)
        connection = Http2Connection(accepted)
        if self.on_http2 is not None:
            self.on_http2(connection)
        else:
            connection.begin()
            while self._answer(connection, connection.read_request()):
                pass
        connection.hang_up()

    def _answer(self, connection, request):
        script = self.pages.get(request.path, request.path.encode())
        if callable(script):
            return script(connection, request)
        connection.respond(request, script)
        return True
