"""HTTP/2 connections and streams that end too early, or say nothing more, at every stage (promises A13 to A15)."""

from ending_rows import close_at_once, reset_at_once
from http2_frames import (
    END_STREAM, ENHANCE_YOUR_CALM, HEADERS, INITIAL_WINDOW_SIZE, INTERNAL_ERROR, MAX_CONCURRENT_STREAMS, NO_ERROR, OK,
    REFUSED_STREAM, block, data, frame, goaway, headers, rst_stream, settings, trailers)
from row import CLOSED, HTTP2, RAW_HTTP2, RESET, STREAM_RESET, TIMEOUT, TRUNCATED, failures
from stall_rows import IN_TIME, PACE, stall

HEAD = headers(1, ("content-length", "10"))
HALF = HEAD + data(1, b"hello")
POST_IN_TIME = {"job": {"method": "POST", "body": "x" * 1000, **IN_TIME["job"]}}


def close_after(said):
    def script(connection, request):
        connection.send(said)
        connection.hang_up()

    return script


def reset_after(said):
    def script(connection, request):
        connection.send(said)
        connection.reset()

    return script


def stall_after(said):
    def script(connection, request):
        connection.send(said)
        connection.stall()

    return script


def begin_and_stall(*pairs):
    def script(connection):
        connection.begin(*pairs)
        connection.stall()

    return script


def refuse_and_stall(*pairs):
    def script(connection):
        connection.begin(*pairs)
        connection.send(rst_stream(connection.read_request().stream, REFUSED_STREAM))
        connection.stall()

    return script


def begin_and(end):
    def script(connection):
        connection.begin()
        end(connection)

    return script


def drip(before, said):
    def script(connection, request):
        connection.send(before)
        connection.drip(said, PACE)

    return script


def refuse(connection, request):
    """Each time that it is asked."""
    while True:
        connection.send(rst_stream(request.stream, REFUSED_STREAM))
        request = connection.read_request()


def leave_at_once(connection):
    connection.begin()
    connection.send(goaway(0))
    connection.hang_up()


# What was said before the end, within a response and before it.
WITHIN = {
    "after-the-head": HEAD,
    "after-a-head-without-length": headers(1),
    "in-a-frame-head": HALF + b"\0\0\5\0",
    "in-a-frame": HALF + data(1, b"wor")[:-2],
    "after-data": HALF,
    "before-trailers": headers(1) + data(1, b"hello"),
    "in-trailers": headers(1) + data(1, b"hello") + trailers(1, ("x", "y"))[:-1],
}
BEFORE = {
    "after-the-request": b"",
    "in-the-first-frame-head": b"\0\0",
    "in-the-head": headers(1, ("x", "y"))[:-3],
    "between-frames-of-the-head": frame(HEADERS, 1, block(OK), END_STREAM),
    "after-an-interim-response": headers(1, (":status", "103")),
}
STAGES = BEFORE | WITHIN

ROWS = [
    *failures(CLOSED, {f"h2-closed-{when}": close_after(said) for when, said in BEFORE.items()}, via=HTTP2),
    *failures(TRUNCATED, {f"h2-closed-{when}": close_after(said) for when, said in WITHIN.items()}, via=HTTP2),
    # The request may meet the closed socket, or just its end.
    *failures((CLOSED, RESET), {
        "h2-closed-at-once": close_at_once,
        "h2-closed-after-settings": begin_and(close_at_once),
        "h2-connection-reset-at-once": reset_at_once,
        "h2-connection-reset-after-settings": begin_and(reset_at_once),
    }, via=RAW_HTTP2),
    *failures(RESET, {f"h2-connection-reset-{when}": reset_after(said) for when, said in STAGES.items()}, via=HTTP2),
    *failures(STREAM_RESET, {f"h2-stream-reset-{when}": said + rst_stream(1, INTERNAL_ERROR) for when, said in {
        "after-the-request": b"",
        "after-an-interim-response": headers(1, (":status", "103")),
        "after-the-head": HEAD,
        "after-data": HALF,
    }.items()}, via=HTTP2),
    *failures(STREAM_RESET, {
        "h2-stream-reset-without-error": HALF + rst_stream(1, NO_ERROR),
        "h2-stream-reset-by-unknown-code": rst_stream(1, 0xFFFFFFFF),
        "h2-refused-for-ever": refuse,
    }, via=HTTP2),
    *failures(CLOSED, {
        "h2-goaway-instead-of-an-answer": close_after(goaway(1)),
        "h2-goaway-for-flooding": close_after(goaway(1, ENHANCE_YOUR_CALM, b"calm down")),
        "h2-goaway-for-every-request": close_after(goaway(0)),
    }, via=HTTP2),
    *failures(CLOSED, {"h2-goaway-on-every-connection": leave_at_once}, via=RAW_HTTP2),
    *failures(TRUNCATED, {"h2-goaway-within-the-body": close_after(HALF + goaway(1))}, via=HTTP2),
]

STALLS = [
    *failures(TIMEOUT, {f"h2-stall-{when}": stall_after(said) for when, said in STAGES.items()}, via=HTTP2, **IN_TIME),
    *failures(TIMEOUT, {"h2-stall-after-goaway": stall_after(goaway(1))}, via=HTTP2, **IN_TIME),
    *failures(TIMEOUT, {
        "h2-stall-at-once": stall,
        "h2-stall-after-settings": begin_and_stall(),
        "h2-no-streams-for-ever": begin_and_stall((MAX_CONCURRENT_STREAMS, 0)),
        "h2-refused-and-no-streams-for-ever": refuse_and_stall((MAX_CONCURRENT_STREAMS, 0)),
    }, via=RAW_HTTP2, **IN_TIME),
    *failures(TIMEOUT, {"h2-no-window-for-ever": begin_and_stall((INITIAL_WINDOW_SIZE, 0))}, via=RAW_HTTP2, **POST_IN_TIME),
    *failures(TIMEOUT, {
        "h2-drip-head": drip(b"", frame(HEADERS, 1, block(OK, ("x", "y" * 1000)), END_STREAM)),
        "h2-drip-body": drip(headers(1), data(1, b"x")),
        "h2-drip-interim-responses": drip(b"", headers(1, (":status", "103"))),
        "h2-drip-settings": drip(b"", settings()),
    }, via=HTTP2, **IN_TIME),
]
