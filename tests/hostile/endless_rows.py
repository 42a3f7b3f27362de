"""Servers that never stop: each ends at a limit, in bounded memory (promise A11)."""

from row import BODY_TOO_LARGE, HEADER_TOO_LARGE, RAW_TLS, chunked, failures, head, to_bytes

OK = "HTTP/1.1 200 OK\r\n"


def endless(begin, more):
    def script(connection, request):
        connection.send(begin)
        connection.send_for_ever(to_bytes(more))

    return script


def endless_hello_requests(connection):
    # Handshake messages that a client skips before the ServerHello (RFC 5246 section 7.4.1.1).
    connection.send_for_ever((b"\x16\x03\x03\x10\x00" + b"\x00\x00\x00\x00" * 1024) * 16)


ROWS = [
    *failures(HEADER_TOO_LARGE, {
        "endless-status-line": endless("HTTP/1.1 200 ", "x" * 65536),
        "endless-fields": endless(OK, "X: y\r\n" * 10_000),
        "endless-empty-fields": endless(OK, "X:\r\n" * 10_000),
        "endless-field": endless(OK + "X: ", "y" * 65536),
        "endless-field-name": endless(OK, "x" * 65536),
        "endless-white-space": endless(OK + "X:", " " * 65536),
        "endless-obs-fold": endless(OK + "X: y\r\n", " z\r\n" * 10_000),
        "endless-interim": endless("", head(status="103 Early Hints") * 1000),
        "endless-interim-with-fields": endless("", head("Link: </a>; rel=preload", status="103 Early Hints") * 1000),
        "endless-empty-lines": endless("", "\r\n" * 10_000),
        "endless-cookies": endless(OK, "Set-Cookie: a=b\r\n" * 10_000),
        "endless-trailers": endless(chunked("0\r\n"), "X: y\r\n" * 10_000),
        "endless-trailers-after-data": endless(chunked("5\r\nhello\r\n0\r\n"), "X: y\r\n" * 10_000),
        "endless-extension": endless(chunked("5;"), "x" * 65536),
        "endless-extensions": endless(chunked("5"), ";a" * 10_000),
        "endless-zeros-in-chunk-size": endless(chunked(""), "0" * 65536),
        "endless-fields-on-302": endless("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\n", "X: y\r\n" * 10_000),
        "endless-fields-on-404": endless("HTTP/1.1 404 Not Found\r\n", "X: y\r\n" * 10_000),
    }),
    *failures(BODY_TOO_LARGE, {
        "endless-body": endless(head(), "x" * 65536),
        "endless-body-of-zeros": endless(head(), bytes(65536)),
        "endless-body-on-404": endless(head(status="404 Not Found"), "x" * 65536),
        "endless-body-on-http-1.0": endless("HTTP/1.0 200 OK\r\n\r\n", "x" * 65536),
        "endless-chunks": endless(chunked(""), "10000\r\n" + "x" * 65536 + "\r\n"),
        "endless-tiny-chunks": endless(chunked(""), "1\r\nx\r\n" * 10_000),
        "endless-tiny-chunks-with-extensions": endless(chunked(""), "1;a=b\r\nx\r\n" * 10_000),
    }),
    *failures("tls_handshake_failed", {"endless-tls-handshake": endless_hello_requests}, via=RAW_TLS),
]
