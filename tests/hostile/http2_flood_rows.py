"""HTTP/2 servers that never stop, and small heads that become large ones: each ends at a limit, in bounded memory and time
(promise A15)."""

from http2_frames import (
    ACK, CANCEL, CONTINUATION, DATA, END_HEADERS, END_STREAM, HEADERS, OK, PADDED, PING, PRIORITY, block, data, frame, goaway,
    headers, indexed, integer, page, ping, remembered, rst_stream, settings, settings_ack, string, window_update)
from row import BODY_TOO_LARGE, HEADER_TOO_LARGE, HTTP2, MALFORMED, STREAM_RESET, failures, successes

NEWEST = indexed(62)  # the entry that was remembered last


def endless(begin, more):
    def script(connection, request):
        connection.send(begin)
        connection.send_for_ever(more)

    return script


def one_after_another(make, kept=64 * 1024):
    """`make(i)` of each i from 0 on, a good many in a write."""
    def script(connection, request):
        i = 0
        while True:
            said = b""
            while len(said) < kept:
                said += make(i)
                i += 1
            connection.send(said)

    return script


def head_of(fields):
    """A whole head, in as many frames as it takes."""
    first, *more = [fields[i:i + 16384] for i in range(0, len(fields), 16384)]
    said = frame(HEADERS, 1, first, 0 if more else END_HEADERS)
    for i, part in enumerate(more, 1):
        said += frame(CONTINUATION, 1, part, END_HEADERS if i == len(more) else 0)
    return said + data(1, b"hello", end=True)


UNENDED = frame(HEADERS, 1, block(OK))

ROWS = [
    # Frames that carry nothing.
    *failures(MALFORMED, {
        "h2-ping-flood": endless(b"", ping() * 1000),
        "h2-ping-flood-within-the-body": endless(headers(1), ping() * 1000),
        "h2-ping-acknowledgement-flood": endless(b"", frame(PING, payload=bytes(8), flags=ACK) * 1000),
        "h2-settings-flood": endless(b"", settings() * 1000),
        "h2-settings-flood-of-values": endless(b"", settings(*[(4, 65535)] * 100) * 100),
        "h2-settings-acknowledgement-flood": endless(b"", settings_ack() * 1000),
        "h2-empty-data-flood": endless(headers(1), data(1) * 1000),
        "h2-padding-flood": endless(headers(1), frame(DATA, 1, b"\xff" + bytes(255), PADDED) * 100),
        "h2-window-update-flood": endless(b"", window_update(1, 1) * 1000),
        "h2-connection-window-update-flood": endless(b"", window_update(0, 1) * 1000),
        "h2-priority-flood": endless(b"", frame(PRIORITY, 1, b"\0\0\0\0\x10") * 1000),
        "h2-priority-flood-of-streams": one_after_another(lambda i: frame(PRIORITY, 2 * i % 2**31 + 3, b"\0\0\0\0\x10")),
        "h2-unknown-frame-flood": endless(b"", frame(99, 1, b"what") * 1000),
        "h2-large-unknown-frame-flood": endless(b"", frame(99, 0, bytes(16384)) * 16),
        "h2-alternative-service-flood": endless(b"", frame(10, 0, b"\0\0") * 1000),
        "h2-goaway-flood": endless(b"", goaway(1) * 1000),
        "h2-continuation-flood-of-nothing": endless(UNENDED, frame(CONTINUATION, 1) * 1000),
    }, via=HTTP2),
    # What comes after the job's end is nobody's: the connection goes.
    *failures(STREAM_RESET, {"h2-reset-flood": endless(b"", rst_stream(1, CANCEL) * 1000)}, via=HTTP2),
    *successes({
        "h2-ping-flood-after-the-response": (endless(page(1, b"hello"), ping() * 1000), "hello"),
        "h2-data-flood-after-the-response": (endless(page(1, b"hello"), data(1, b"EVIL") * 1000), "hello"),
    }, via=HTTP2),
    # A head of many frames is given up by nghttp2 for their number, or by nbcrawl for its size, whichever is first.
    *failures((HEADER_TOO_LARGE, MALFORMED), {
        "h2-continuation-flood": endless(UNENDED, frame(CONTINUATION, 1, block(("x", "y" * 100)) * 100) * 10),
        "h2-continuation-flood-of-one-field": endless(
            UNENDED, frame(CONTINUATION, 1, b"\x00" + string("x") + integer(2**28, 7) + bytes(16000))),
        "h2-continuation-flood-of-references": endless(frame(HEADERS, 1, block(OK) + remembered("x", "y" * 4000)),
                                                       frame(CONTINUATION, 1, NEWEST * 16384)),
        "h2-continuation-flood-of-resizing": endless(frame(HEADERS, 1, b""), frame(CONTINUATION, 1, b"\x20" * 16384)),
    }, via=HTTP2),
    *failures(HEADER_TOO_LARGE, {
        "h2-bomb-of-references": head_of(block(OK) + remembered("x", "y" * 4000) + NEWEST * 10_000),
        "h2-bomb-of-references-in-one-frame": head_of(block(OK) + remembered("x", "y" * 4000) + NEWEST * 12_000),
        "h2-bomb-of-static-references": head_of(block(OK) + indexed(32) * 16_000),
        "h2-head-too-large": head_of(block(OK, *[("x", "y" * 1000)] * 70)),
        "h2-field-too-large": head_of(block(OK, ("x", "y" * 65_500))),
        "h2-too-many-empty-fields": head_of(block(OK, *[("x", "")] * 3000)),
        "h2-too-many-cookies": head_of(block(OK, *[("set-cookie", "a=b")] * 3000)),
        "h2-head-too-large-on-404": head_of(block((":status", "404"), *[("x", "y" * 1000)] * 70)),
        "h2-head-too-large-on-302": head_of(block((":status", "302"), ("location", "/elsewhere"), *[("x", "y" * 1000)] * 70)),
        "h2-trailers-too-large": headers(1) + data(1, b"hello") + frame(
            HEADERS, 1, remembered("x", "y" * 4000) + NEWEST * 100, END_HEADERS | END_STREAM),
        "h2-endless-interim-responses": endless(b"", headers(1, (":status", "103")) * 100),
        "h2-endless-interim-responses-with-fields": endless(b"", headers(1, (":status", "103"), ("link", "</a>")) * 100),
    }, via=HTTP2),
    # What a server sends though it may not: no window is left, or the whole body is too large anyway.
    *failures(BODY_TOO_LARGE, {
        "h2-endless-body": endless(headers(1), data(1, bytes(16384)) * 4),
        "h2-endless-body-in-single-bytes": endless(headers(1), data(1, b"x") * 1000),
        "h2-endless-body-in-padded-bytes": endless(headers(1), frame(DATA, 1, b"\x0fx" + bytes(15), PADDED) * 1000),
        "h2-endless-body-on-404": endless(headers(1, (":status", "404")), data(1, bytes(16384)) * 4),
        "h2-claimed-100-terabytes": headers(1, ("content-length", "100000000000000")),
        "h2-claimed-on-404": headers(1, (":status", "404"), ("content-length", "100000000000000")),
    }, via=HTTP2),
]
