"""A misbehaviour: its name, what the server does, and how the job must end."""

import sys
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "loopback"))

MALFORMED, TRUNCATED, BAD_ENCODING = "malformed_response", "truncated_body", "bad_encoding"
HEADER_TOO_LARGE, BODY_TOO_LARGE, BAD_REDIRECT = "header_too_large", "body_too_large", "bad_redirect"
RESET, CLOSED, TIMEOUT, CONNECT_TIMEOUT = "connection_reset", "connection_closed", "timeout", "connect_timeout"
STREAM_RESET = "stream_reset"

# How a row's server takes its client.
REQUEST = "request"  # script(connection, request), once a request has come
CONNECT = "connect"  # script(connection), before anything is read
RAW_TLS = "raw-tls"  # the same, called with an https URL: what a TLS client meets before it is one
TLS = "tls"          # script(connection, request), within TLS
HTTP2 = "http2"          # the same on an HTTP/2 connection within TLS, on stream 1 of which the request has come
RAW_HTTP2 = "raw-http2"  # script(connection), within TLS that agreed on HTTP/2, before anything is read


@dataclass(frozen=True)
class Row:
    name: str
    script: object            # a function, or the bytes that are sent before the server closes (HTTP/2: the client must)
    error: str | None = None  # the code of the failure, or
    body: str | None = None   # ... what must arrive
    via: str = REQUEST
    job: dict = field(default_factory=dict)  # fields of the job, beside url and id


def failures(error, scripts, **more):
    """A row for each script, all of which must end with `error`."""
    return [Row(name, script, error=error, **more) for name, script in scripts.items()]


def successes(scripts, **more):
    """A row for each name: (script, body)."""
    return [Row(name, script, body=body, **more) for name, (script, body) in scripts.items()]


def head(*fields, status="200 OK"):
    return "".join(line + "\r\n" for line in [f"HTTP/1.1 {status}", *fields]) + "\r\n"


def chunked(body):
    return head("Transfer-Encoding: chunked") + body


def to_bytes(said):
    return said if isinstance(said, bytes) else said.encode("latin-1")
