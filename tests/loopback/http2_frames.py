"""Frames of HTTP/2 (RFC 9113) and field blocks (HPACK, RFC 7541) as bytes: whatever a test wants to say, well-formed or not."""

import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
# Flags (section 6).
ACK = END_STREAM = 0x1
END_HEADERS, PADDED, WITH_PRIORITY = 0x4, 0x8, 0x20
# Settings (section 6.5.2).
HEADER_TABLE_SIZE, ENABLE_PUSH, MAX_CONCURRENT_STREAMS, INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE, MAX_HEADER_LIST_SIZE = range(1, 7)
# Error codes (section 7).
(NO_ERROR, PROTOCOL_ERROR, INTERNAL_ERROR, FLOW_CONTROL_ERROR, SETTINGS_TIMEOUT, STREAM_CLOSED, FRAME_SIZE_ERROR, REFUSED_STREAM,
 CANCEL, COMPRESSION_ERROR, CONNECT_ERROR, ENHANCE_YOUR_CALM, INADEQUATE_SECURITY, HTTP_1_1_REQUIRED) = range(14)

OK = (":status", "200")
DEFAULT_WINDOW = 65535  # of a stream and of the connection, until somebody says otherwise
DEFAULT_FRAME = 16384   # the largest payload, until the client allows more


def frame(kind, stream=0, payload=b"", flags=0, length=None):
    """`length`: what the head of the frame says instead of the payload's."""
    return struct.pack(">I", len(payload) if length is None else length)[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def integer(value, prefix, first=0):
    """RFC 7541 section 5.1: in `prefix` bits of a byte whose others are `first`'s, and as many bytes more as it takes."""
    limit = (1 << prefix) - 1
    if value < limit:
        return bytes([first | value])
    said = [first | limit]
    value -= limit
    while value >= 128:
        said.append(value % 128 + 128)
        value //= 128
    return bytes([*said, value])


def string(value):
    """Without Huffman coding."""
    data = value if isinstance(value, bytes) else value.encode("latin-1")
    return integer(len(data), 7) + data


def literal(name, value):
    """RFC 7541 section 6.2.2: leaves no trace in the table, so that blocks may be said in any order, and again."""
    return b"\x00" + string(name) + string(value)


def remembered(name, value):
    """RFC 7541 section 6.2.1: becomes entry 62 of the table, and those before it move up by one."""
    return b"\x40" + string(name) + string(value)


def indexed(index):
    """RFC 7541 section 6.1: 1 to 61 are the static table's, 8 is `:status: 200`."""
    return integer(index, 7, 0x80)


def block(*fields):
    return b"".join(literal(name, value) for name, value in fields)


def headers(stream, *fields, end=False):
    """The whole head of a response of status 200, unless the first field says otherwise."""
    if not fields or fields[0][0] != ":status":
        fields = (OK, *fields)
    return frame(HEADERS, stream, block(*fields), END_HEADERS | (END_STREAM if end else 0))


def trailers(stream, *fields):
    return frame(HEADERS, stream, block(*fields), END_HEADERS | END_STREAM)


def data(stream, body=b"", end=False):
    return frame(DATA, stream, body, END_STREAM if end else 0)


def page(stream, body=b"", *fields):
    """A whole response, small enough for a frame."""
    return headers(stream, *fields) + data(stream, body, end=True)


def settings(*pairs):
    return frame(SETTINGS, payload=b"".join(struct.pack(">HI", key, value) for key, value in pairs))


def settings_ack():
    return frame(SETTINGS, flags=ACK)


def window_update(stream, bytes_more):
    return frame(WINDOW_UPDATE, stream, struct.pack(">I", bytes_more))


def rst_stream(stream, code):
    return frame(RST_STREAM, stream, struct.pack(">I", code))


def goaway(last_stream, code=NO_ERROR, why=b""):
    return frame(GOAWAY, payload=struct.pack(">II", last_stream, code) + why)


def ping(payload=b"12345678"):
    return frame(PING, payload=payload)
