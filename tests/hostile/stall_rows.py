"""Servers that say nothing, or next to nothing, at every stage (promise A14)."""

from readable import wait_readable
from row import CONNECT, CONNECT_TIMEOUT, RAW_TLS, TIMEOUT, TLS, chunked, failures, head

SECONDS = 2  # the deadline of each job here
PACE = 0.1   # seconds between two bytes of one that drips


def stall_after(said):
    def script(connection, request):
        connection.send(said)
        connection.stall()

    return script


def drip(before, said):
    def script(connection, request):
        connection.send(before)
        connection.drip(said.encode(), PACE)

    return script


def stall(connection):
    connection.stall()


def deaf(connection):
    """Reads nothing, not even that the client has gone."""
    wait_readable(connection.server.stopped, seconds=20)


def stall_after_hello(connection):
    connection.socket.recv(65536)
    connection.stall()


def drip_handshake(connection):
    connection.socket.recv(65536)
    connection.drip(b"\x16\x03\x03\x40\x00", PACE)


AFTER = {
    "status-line": "HTTP/1.1 20",
    "head": "HTTP/1.1 200 OK\r\nContent-",
    "before-the-empty-line": "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n",
    "interim": head(status="100 Continue"),
    "before-the-body": head("Content-Length: 10"),
    "body": head("Content-Length: 10") + "hello",
    "body-before-the-last-byte": head("Content-Length: 6") + "hello",
    "body-that-ends-with-the-connection": head() + "hello",
    "before-the-first-chunk": chunked(""),
    "chunk-size": chunked("1"),
    "chunk": chunked("a\r\nhello"),
    "after-chunk": chunked("5\r\nhello\r\n"),
    "trailers": chunked("5\r\nhello\r\n0\r\nX: y\r\n"),
    "redirect": head("Location: /elsewhere", "Content-Length: 10", status="302 Found") + "moved",
}

IN_TIME = {"job": {"timeout": SECONDS}}

ROWS = [
    *failures(TIMEOUT, {"stall-before-the-request-is-read": deaf, "stall-at-once": stall}, via=CONNECT, **IN_TIME),
    *failures(TIMEOUT, {"stall-after-the-request": stall_after("")}, **IN_TIME),
    *failures(TIMEOUT, {f"stall-in-{name}": stall_after(said) for name, said in AFTER.items()}, **IN_TIME),
    *failures(TIMEOUT, {
        "drip-status-line": drip("", "HTTP/1.1 200 O" + "K" * 1000),
        "drip-head": drip("HTTP/1.1 200 OK\r\n", "X: y\r\n" * 100),
        "drip-interim": drip("", head(status="103 Early Hints")),
        "drip-body": drip(head("Content-Length: 1000000"), "x"),
        "drip-body-without-end": drip(head(), "x"),
        "drip-chunks": drip(chunked(""), "1\r\nx\r\n"),
        "drip-trailers": drip(chunked("0\r\n"), "X: y\r\n"),
    }, **IN_TIME),
    *failures(TIMEOUT, {"tls-stall-after-the-request": stall_after(b""),
                        "tls-stall-in-body": stall_after(head("Content-Length: 10").encode() + b"hello")}, via=TLS, **IN_TIME),
    *failures((TIMEOUT, CONNECT_TIMEOUT), {
        "tls-stall-before-hello": stall, "tls-stall-after-hello": stall_after_hello, "tls-drip-handshake": drip_handshake},
        via=RAW_TLS, **IN_TIME),
]
