"""The servers behind the table: one for what follows a request, one within TLS, and one for each row that takes over the
connection before that, or has it for itself."""

import contextlib
import json

from harness import need_descriptors
from http2_peer import Http2Server
from row import CONNECT, HTTP2, RAW_HTTP2, RAW_TLS, REQUEST, TLS, to_bytes
from scripted_server import ScriptedServer
from tls_server import TlsServer, server_context


def script_of(row, piece):
    if callable(row.script):
        return row.script
    said = to_bytes(row.script)
    size = piece if len(said) < 5000 else None  # larger ones are not about where they are split
    return lambda connection, request: connection.send(said, size)


def on_http2(row, piece):
    """What takes over the connections of a row's own server."""
    if row.via == RAW_HTTP2:
        return row.script

    def serve(connection):
        connection.begin()
        request = connection.read_request()
        script_of(row, piece)(connection, request)
        connection.wait_until_gone()

    return serve


class HostileServers:
    """`piece`: what rows say comes in writes of so many bytes. `certificate`: a PEM file for the rows within TLS."""

    def __init__(self, rows, certificate, piece=None):
        self.rows = rows
        self.certificate = certificate
        self.piece = piece

    def _pages(self, via):
        return {f"/{row.name}": script_of(row, self.piece) for row in self.rows if row.via == via}

    def __enter__(self):
        need_descriptors(4096)
        with contextlib.ExitStack() as stack:
            plain = stack.enter_context(ScriptedServer(self._pages(REQUEST)))
            tls = stack.enter_context(TlsServer(server_context(self.certificate), self._pages(TLS)))
            self._urls = {}
            for row in self.rows:
                server = {REQUEST: plain, TLS: tls}.get(row.via)
                if row.via in (CONNECT, RAW_TLS):
                    server = stack.enter_context(ScriptedServer(on_connect=row.script))
                if row.via in (HTTP2, RAW_HTTP2):
                    server = stack.enter_context(Http2Server(on_http2=on_http2(row, self.piece), certificate=self.certificate))
                url = server.url(f"/{row.name}")
                self._urls[row.name] = url.replace("http:", "https:") if row.via == RAW_TLS else url
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self._stack.close()

    def job(self, row):
        """A line of a job list."""
        return json.dumps({"url": self._urls[row.name], "id": row.name, **row.job}) + "\n"
