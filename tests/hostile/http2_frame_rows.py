"""Frames, field blocks and fields that HTTP/2 forbids (RFC 9113, RFC 7541), and unusual ones that it allows (promise A15)."""

from http2_frames import (
    ACK, CONTINUATION, DATA, ENABLE_PUSH, END_HEADERS, END_STREAM, GOAWAY, HEADERS, INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE, OK, PADDED,
    PING, PRIORITY, PUSH_PROMISE, RST_STREAM, SETTINGS, WINDOW_UPDATE, WITH_PRIORITY, block, data, frame, goaway, headers, indexed,
    integer, literal, page, ping, remembered, rst_stream, settings, settings_ack, string, trailers, window_update)
from row import HTTP2, MALFORMED, RAW_HTTP2, TRUNCATED, failures, head, successes

LARGEST_WINDOW = 2**31 - 1
IDLE = 3      # a stream that the client has not begun
PUSHED = 2    # one that only the server could begin
HELLO = page(1, b"hello")
PUSHED_REQUEST = block((":method", "GET"), (":scheme", "https"), (":path", "/"), (":authority", "x"))
PUSH = frame(PUSH_PROMISE, 1, b"\0\0\0\x02" + PUSHED_REQUEST, END_HEADERS)


def head_of(bytes_of_block, flags=END_HEADERS | END_STREAM):
    return frame(HEADERS, 1, bytes_of_block, flags)


def first(said):
    """Instead of the server's preface."""
    def script(connection):
        connection.send(said)
        connection.wait_until_gone()

    return script


def push_at_once(connection):
    """Before the client's settings are acknowledged, so that the server can't know them."""
    connection.read_preface()
    while connection.read_frame().kind != HEADERS:
        pass
    connection.send(settings() + PUSH + page(PUSHED, b"EVIL") + HELLO)
    connection.wait_until_gone()


NOT_HTTP2 = failures(MALFORMED, {
    "h2-http1-instead-of-the-preface": first(head("Content-Length: 5") + "hello"),
    "h2-http1-error-instead-of-the-preface": first(head("Content-Length: 0", status="400 Bad Request")),
    "h2-garbage-first": first(bytes(range(256)) * 4),
    "h2-zeros-first": first(bytes(4096)),
    "h2-response-before-settings": first(HELLO),
    "h2-acknowledgement-before-settings": first(settings_ack()),
    "h2-ping-before-settings": first(ping()),
    "h2-preface-of-a-client": first(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + settings()),
}, via=RAW_HTTP2)

FRAMES = failures(MALFORMED, {
    "h2-frame-too-large": headers(1) + frame(DATA, 1, bytes(16385)),
    "h2-frame-that-says-16-MiB": headers(1) + frame(DATA, 1, b"", length=0xFFFFFF),
    "h2-head-too-large-for-a-frame": frame(HEADERS, 1, block(OK, ("x", "y" * 16384)), END_HEADERS | END_STREAM),
    "h2-settings-on-a-stream": frame(SETTINGS, 1, b""),
    "h2-settings-of-5-bytes": frame(SETTINGS, payload=bytes(5)),
    "h2-settings-acknowledged-with-more": frame(SETTINGS, payload=bytes(6), flags=ACK),
    "h2-settings-push-of-2": settings((ENABLE_PUSH, 2)),
    "h2-settings-push-by-a-server": settings((ENABLE_PUSH, 1)),
    "h2-settings-window-of-2-to-31": settings((INITIAL_WINDOW_SIZE, 2**31)),
    "h2-settings-frame-of-100": settings((MAX_FRAME_SIZE, 100)),
    "h2-settings-frame-of-2-to-24": settings((MAX_FRAME_SIZE, 2**24)),
    "h2-ping-on-a-stream": frame(PING, 1, bytes(8)),
    "h2-ping-of-7-bytes": frame(PING, payload=bytes(7)),
    "h2-goaway-on-a-stream": frame(GOAWAY, 1, bytes(8)),
    "h2-goaway-of-4-bytes": frame(GOAWAY, payload=bytes(4)),
    "h2-window-update-of-3-bytes": frame(WINDOW_UPDATE, payload=bytes(3)),
    "h2-window-update-of-0": window_update(0, 0),
    "h2-window-update-of-0-on-the-stream": window_update(1, 0),
    "h2-window-overflow": window_update(0, LARGEST_WINDOW),
    "h2-window-overflow-on-the-stream": window_update(1, LARGEST_WINDOW),
    "h2-window-overflow-by-settings": window_update(1, LARGEST_WINDOW - 65535) + settings((INITIAL_WINDOW_SIZE, LARGEST_WINDOW)),
    "h2-window-update-on-an-idle-stream": window_update(IDLE, 1),
    "h2-rst-on-stream-0": rst_stream(0, 8),
    "h2-rst-on-an-idle-stream": rst_stream(IDLE, 8),
    "h2-rst-of-3-bytes": frame(RST_STREAM, 1, bytes(3)),
    "h2-data-on-stream-0": data(0, b"hello", end=True),
    "h2-data-on-an-idle-stream": data(IDLE, b"hello", end=True),
    "h2-data-on-a-stream-of-the-server": data(PUSHED, b"hello", end=True),
    "h2-data-before-the-head": data(1, b"hello", end=True),
    "h2-head-on-stream-0": headers(0, end=True),
    "h2-head-on-an-idle-stream": headers(IDLE, end=True),
    "h2-head-on-a-stream-of-the-server": headers(PUSHED, end=True),
    "h2-priority-on-stream-0": frame(PRIORITY, 0, bytes(5)),
    "h2-priority-of-4-bytes": frame(PRIORITY, 1, bytes(4)),
    "h2-push-though-disabled": settings_ack() + PUSH,
    "h2-continuation-of-nothing": frame(CONTINUATION, 1, block(OK), END_HEADERS),
    "h2-continuation-on-another-stream": head_of(b"", END_STREAM) + frame(CONTINUATION, IDLE, block(OK), END_HEADERS),
    "h2-frame-within-a-head": head_of(b"", END_STREAM) + ping() + frame(CONTINUATION, 1, block(OK), END_HEADERS),
    "h2-unknown-frame-within-a-head": head_of(b"", END_STREAM) + frame(99, 1) + frame(CONTINUATION, 1, block(OK), END_HEADERS),
    "h2-padding-longer-than-the-data": headers(1) + frame(DATA, 1, b"\x06hello", PADDED | END_STREAM),
    "h2-padding-without-its-length": headers(1) + frame(DATA, 1, b"", PADDED | END_STREAM),
    "h2-padding-longer-than-the-head": head_of(b"\xff" + block(OK), PADDED | END_HEADERS | END_STREAM),
    "h2-priority-cut": head_of(b"\0\0\0", WITH_PRIORITY | END_HEADERS | END_STREAM),
    "h2-second-head-without-end": headers(1) + headers(1, ("x", "y")),
}, via=HTTP2)

# RFC 7541: what can't be decoded ends the connection, for its state is lost.
BLOCKS = failures(MALFORMED, {
    "hpack-index-0": head_of(b"\x80"),
    "hpack-index-beyond-the-tables": head_of(block(OK) + indexed(62)),
    "hpack-index-far-beyond": head_of(block(OK) + indexed(10**6)),
    "hpack-name-of-no-entry": head_of(block(OK) + integer(100, 4) + string("y")),
    "hpack-number-without-end": head_of(block(OK) + b"\xff" * 16),
    "hpack-number-of-2-to-64": head_of(block(OK) + integer(2**64, 7, 0x80)),
    "hpack-number-cut": head_of(block(OK) + b"\xff"),
    "hpack-string-cut": head_of(block(OK) + b"\x00\x7ex"),
    "hpack-string-of-4-GiB": head_of(block(OK) + b"\x00" + integer(2**32, 7) + b"x"),
    "hpack-value-missing": head_of(block(OK) + b"\x00" + string("x")),
    "hpack-huffman-end-of-string": head_of(block(OK) + b"\x00" + string("x") + b"\x84\xff\xff\xff\xff"),
    "hpack-huffman-padded-with-zeros": head_of(block(OK) + b"\x00" + string("x") + b"\x81\x00"),
    "hpack-table-larger-than-allowed": head_of(integer(2**20, 5, 0x20) + block(OK)),
    "hpack-table-resized-after-a-field": head_of(block(OK) + integer(0, 5, 0x20)),
}, via=HTTP2)

# RFC 9113 section 8: such a response is malformed.
FIELDS = failures(MALFORMED, {f"h2-{name}": headers(1, *fields) + data(1, b"hello", end=True) for name, fields in {
    "upper-case-name": [("X-Field", "y")],
    "empty-name": [("", "y")],
    "space-in-name": [("x y", "z")],
    "colon-in-name": [("x:y", "z")],
    "nul-in-name": [("x\0", "y")],
    "high-byte-in-name": [("x\xe9", "y")],
    "nul-in-value": [("x", "a\0b")],
    "line-break-in-value": [("x", "a\r\nset-cookie: b=c")],
    "lf-in-value": [("x", "a\nb")],
    "connection": [("connection", "close")],
    "transfer-encoding": [("transfer-encoding", "chunked")],
    "keep-alive": [("keep-alive", "timeout=5")],
    "proxy-connection": [("proxy-connection", "close")],
    "upgrade": [("upgrade", "h2c")],
    "two-statuses": [OK, (":status", "204")],
    "status-after-a-field": [OK, ("x", "y"), (":status", "200")],
    "unknown-pseudo-field": [OK, (":what", "x")],
    "pseudo-field-of-a-request": [OK, (":path", "/")],
    "status-of-letters": [(":status", "abc")],
    "status-of-two-digits": [(":status", "20")],
    "status-of-four-digits": [(":status", "2000")],
    "status-below-100": [(":status", "099")],
    "status-negative": [(":status", "-20")],
    "status-empty": [(":status", "")],
    "protocol-switch": [(":status", "101")],
    "two-lengths": [("content-length", "5"), ("content-length", "6")],
    "length-list": [("content-length", "5, 6")],
    "length-plus": [("content-length", "+5")],
    "length-minus": [("content-length", "-1")],
    "length-empty": [("content-length", "")],
    "length-2-to-64-and-5": [("content-length", "18446744073709551621")],
    "length-too-small": [("content-length", "3")],
    "length-of-nothing": [("content-length", "0")],
}.items()}, via=HTTP2) + failures(MALFORMED, {
    "h2-length-without-data": headers(1, ("content-length", "5"), end=True),
    "h2-no-status": head_of(block(("x", "y"))),
    "h2-empty-head": head_of(b""),
    "h2-only-late-status": head_of(block(("x", "y"), OK)),
    "h2-trailers-with-status": headers(1) + data(1, b"hello") + trailers(1, OK),
    "h2-trailers-with-upper-case-name": headers(1) + data(1, b"hello") + trailers(1, ("X", "y")),
    "h2-trailers-without-end": headers(1) + data(1, b"hello") + frame(HEADERS, 1, block(("x", "y")), END_HEADERS),
    "h2-interim-response-that-ends": headers(1, (":status", "103"), end=True),
    "h2-data-after-an-interim-response": headers(1, (":status", "103")) + data(1, b"hello", end=True),
}, via=HTTP2) + failures(TRUNCATED, {
    "h2-length-too-large": page(1, b"hello", ("content-length", "6")),
    "h2-length-too-large-before-trailers": headers(1, ("content-length", "6")) + data(1, b"hello") + trailers(1, ("x", "y")),
}, via=HTTP2)

HEAD_OF_THREE_KINDS = indexed(8) + literal("content-length", "5") + remembered("x", "y")

ALLOWED = successes({
    "h2-page": (HELLO, "hello"),
    "h2-empty-page": (headers(1, end=True), ""),
    "h2-end-in-an-empty-frame": (headers(1) + data(1, b"hello") + data(1, end=True), "hello"),
    "h2-byte-by-byte": (headers(1) + b"".join(data(1, bytes([x])) for x in b"hello") + data(1, end=True), "hello"),
    "h2-empty-frames-between": (headers(1) + data(1) * 100 + data(1, b"hello") + data(1) * 100 + data(1, end=True), "hello"),
    "h2-head-of-all-kinds": (head_of(HEAD_OF_THREE_KINDS, END_HEADERS) + data(1, b"hello", end=True), "hello"),
    "h2-table-resized": (head_of(integer(0, 5, 0x20) + integer(4096, 5, 0x20) + block(OK), END_HEADERS) +
                         data(1, b"hello", end=True), "hello"),
    "h2-head-in-three-frames": (head_of(b"", 0) + frame(CONTINUATION, 1, block(OK)) +
                                frame(CONTINUATION, 1, block(("x", "y")), END_HEADERS) + data(1, b"hello", end=True), "hello"),
    "h2-padded": (head_of(b"\x03" + block(OK) + bytes(3), PADDED | END_HEADERS) +
                  frame(DATA, 1, b"\xffhello" + bytes(255), PADDED | END_STREAM), "hello"),
    "h2-head-with-priority": (head_of(bytes(5) + block(OK), WITH_PRIORITY | END_HEADERS) + data(1, b"hello", end=True), "hello"),
    "h2-interim-responses": (headers(1, (":status", "100")) + headers(1, (":status", "103"), ("link", "</a>")) + HELLO, "hello"),
    "h2-trailers": (headers(1) + data(1, b"hello") + trailers(1, ("x", "y")), "hello"),
    "h2-trailers-without-body": (headers(1) + trailers(1, ("x", "y")), ""),
    "h2-unknown-frames": (frame(99, 0, b"what") + frame(100, 1, b"ever", 0xFF) + HELLO, "hello"),
    "h2-unknown-settings": (settings((0x99, 7)) + HELLO, "hello"),
    "h2-unknown-flags": (frame(HEADERS, 1, block(OK), END_HEADERS | 0xC2) + frame(DATA, 1, b"hello", END_STREAM | 0xF4), "hello"),
    "h2-reserved-bit": (headers(1 | 1 << 31) + data(1 | 1 << 31, b"hello", end=True), "hello"),
    "h2-pings-between": (ping() + headers(1) + ping() + data(1, b"hello", end=True), "hello"),
    "h2-windows-widened": (window_update(0, 10**9) + window_update(1, 10**9) + HELLO, "hello"),
    "h2-no-windows": (settings((INITIAL_WINDOW_SIZE, 0)) + HELLO, "hello"),
    "h2-spaces-round-a-value": (page(1, b"hello", ("x", " y\t")), "hello"),
    "h2-same-length-twice": (page(1, b"hello", ("content-length", "5")), "hello"),
    "h2-status-599": (page(1, b"hello", (":status", "599")), "hello"),
    "h2-204": (headers(1, (":status", "204"), end=True), ""),
    "h2-304-with-the-length-of-another": (headers(1, (":status", "304"), ("content-length", "5"), end=True), ""),
    "h2-goaway-after-the-response": (HELLO + goaway(1), "hello"),
    "h2-reset-after-the-response": (HELLO + rst_stream(1, 0), "hello"),
    "h2-data-after-the-end": (HELLO + data(1, b"EVIL", end=True), "hello"),
    "h2-second-response-after-the-end": (HELLO + page(1, b"EVIL"), "hello"),
    "h2-garbage-after-the-response": (HELLO + bytes(range(256)), "hello"),
}, via=HTTP2) + successes({
    "h2-push-before-it-is-known-to-be-disabled": (push_at_once, "hello"),
}, via=RAW_HTTP2)

ROWS = [*NOT_HTTP2, *FRAMES, *BLOCKS, *FIELDS, *ALLOWED]
