"""Connections that end too early, at every stage: closed, reset, and within TLS without close_notify (promise A13)."""

import contextlib

from row import CLOSED, CONNECT, RAW_TLS, RESET, TLS, TRUNCATED, chunked, failures, head, to_bytes


def reset_after(said):
    def script(connection, request):
        connection.send(said)
        connection.reset()

    return script


def reset_at_once(connection):
    connection.reset()


def reset_after_hello(connection):
    connection.socket.recv(4096)
    connection.reset()


def close_at_once(connection):
    pass


def close_after_hello(connection):
    connection.socket.recv(65536)


def half_close(connection):
    """Says that it is done, and waits."""
    connection.socket.recv(65536)
    connection.socket.shutdown(1)
    connection.wait_until_gone()


def cut_within_tls(said):
    def script(connection, request):
        connection.send(to_bytes(said))

    return script


def whole_within_tls(said):
    def script(connection, request):
        connection.send(to_bytes(said))
        with contextlib.suppress(OSError):
            connection.socket.unwrap()

    return script


CUT = {
    "short-length": head("Content-Length: 10") + "hello",
    "short-by-one-byte": head("Content-Length: 6") + "hello",
    "short-large-length": head("Content-Length: 1000000") + "x" * 500_000,
    "body-missing": head("Content-Length: 5"),
    "cut-before-first-chunk": chunked(""),
    "cut-in-chunk": chunked("a\r\nhello"),
    "cut-in-chunk-size": chunked("5\r\nhello\r\n1"),
    "cut-in-chunk-extension": chunked("5;a="),
    "cut-after-chunk-data": chunked("5\r\nhello"),
    "no-last-chunk": chunked("5\r\nhello\r\n"),
    "last-chunk-without-end": chunked("5\r\nhello\r\n0\r\n"),
    "cut-in-trailers": chunked("5\r\nhello\r\n0\r\nX: y\r\n"),
}

ROWS = [
    *failures(TRUNCATED, CUT),
    *failures(CLOSED, {
        "closed-after-the-request": "",
        "closed-in-status-line": "HTTP/1.1 20",
        "closed-in-head": "HTTP/1.1 200 OK\r\nContent-Le",
        "closed-before-the-empty-line": "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n",
        "closed-after-interim": head(status="100 Continue"),
    }),
    *failures(CLOSED, {"half-closed-after-the-request": half_close}, via=CONNECT),
    *failures(RESET, {
        "reset-after-the-request": reset_after(""),
        "reset-in-status-line": reset_after("HTTP/1.1 20"),
        "reset-in-head": reset_after("HTTP/1.1 200 OK\r\nContent-"),
        "reset-in-body": reset_after(head("Content-Length: 10") + "hello"),
        "reset-in-chunk": reset_after(chunked("a\r\nhello")),
        "reset-in-trailers": reset_after(chunked("5\r\nhello\r\n0\r\nX: ")),
        "reset-in-a-body-that-ends-with-the-connection": reset_after(head() + "hello"),
    }),
    *failures(RESET, {"reset-at-once": reset_at_once}, via=CONNECT),
    # The request may meet the closed socket (reset) or just its end (closed).
    *failures((CLOSED, RESET), {"closed-at-once": close_at_once}, via=CONNECT),
    *failures(("tls_truncated", RESET), {"tls-closed-at-once": close_at_once}, via=RAW_TLS),
    *failures("tls_truncated", {"tls-closed-after-hello": close_after_hello}, via=RAW_TLS),
    *failures(RESET, {"tls-reset-at-once": reset_at_once, "tls-reset-after-hello": reset_after_hello}, via=RAW_TLS),
    *failures(TRUNCATED, {f"tls-{name}": cut_within_tls(said) for name, said in CUT.items()} |
              {"tls-closed-without-close-notify": cut_within_tls(head() + "hello")}, via=TLS),
    *failures(CLOSED, {"tls-closed-after-the-request": cut_within_tls("")}, via=TLS),
]
