"""What is no response of HTTP/1.1, or one whose length two readers could see differently (RFC 9112; promises A9, A10, A11)."""

from row import BODY_TOO_LARGE, MALFORMED, TRUNCATED, chunked, failures, head, successes

HELLO = "5\r\nhello\r\n0\r\n\r\n"

LENGTHS = failures(MALFORMED, {
    "cl-and-te": head("Content-Length: 5", "Transfer-Encoding: chunked") + HELLO,
    "te-and-cl": head("Transfer-Encoding: chunked", "Content-Length: 5") + HELLO,
    "cl-and-te-of-identity": head("Content-Length: 5", "Transfer-Encoding: identity") + "hello",
    "two-cl": head("Content-Length: 5", "Content-Length: 6") + "hello",
    "two-cl-apart": head("Content-Length: 5", "X: y", "CONTENT-LENGTH: 6") + "hello",
    "cl-list": head("Content-Length: 5, 6") + "hello",
    "cl-plus": head("Content-Length: +5") + "hello",
    "cl-minus": head("Content-Length: -1") + "hello",
    "cl-hex": head("Content-Length: 0x5") + "hello",
    "cl-fraction": head("Content-Length: 5.0") + "hello",
    "cl-exponent": head("Content-Length: 5e0") + "hello",
    "cl-space-inside": head("Content-Length: 5 5") + "hello",
    "cl-unit": head("Content-Length: 5B") + "hello",
    "cl-quoted": head('Content-Length: "5"') + "hello",
    "cl-nbsp": head("Content-Length: \xa05") + "hello",
    "cl-empty": head("Content-Length:") + "hello",
    "cl-2-to-64": head("Content-Length: 18446744073709551616") + "hello",
    "cl-2-to-64-and-5": head("Content-Length: 18446744073709551621") + "hello",
    "cl-of-1000-digits": head("Content-Length: 1" + "0" * 999) + "hello",
    "te-twice": head("Transfer-Encoding: chunked", "Transfer-Encoding: chunked") + HELLO,
    "te-chunked-chunked": head("Transfer-Encoding: chunked, chunked") + HELLO,
    "te-unknown": head("Transfer-Encoding: rot13") + "hello",
    "te-xchunked": head("Transfer-Encoding: xchunked") + HELLO,
    "te-chunked-with-a-tail": head("Transfer-Encoding: chunkedx") + HELLO,
    "te-chunked-not-last": head("Transfer-Encoding: chunked, gzip") + HELLO,
    "te-gzip-chunked": head("Transfer-Encoding: gzip, chunked") + HELLO,
})

FIELDS = failures(MALFORMED, {
    "space-before-colon": head("Content-Length : 5") + "hello",
    "space-before-colon-of-te": head("Transfer-Encoding : chunked") + HELLO,
    "space-in-field-name": head("X Y: z", "Content-Length: 5") + "hello",
    "space-before-first-field": head(" X: y", "Content-Length: 5") + "hello",
    "nul-in-field": head("X: a\0b", "Content-Length: 5") + "hello",
    "nul-in-field-name": head("X\0: y", "Content-Length: 5") + "hello",
    "cr-in-field": head("X: a\rb", "Content-Length: 5") + "hello",
    "high-byte-in-field-name": head("X\xe9: y", "Content-Length: 5") + "hello",
    "no-colon": head("Content-Length 5") + "hello",
    "empty-field-name": head(": y", "Content-Length: 5") + "hello",
    "bare-lf": "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
    "bare-lf-after-a-field": "HTTP/1.1 200 OK\r\nX: y\nContent-Length: 5\r\n\r\nhello",
    "bare-cr": "HTTP/1.1 200 OK\rContent-Length: 5\r\rhello",
})

STATUS_LINES = failures(MALFORMED, {
    "not-http": "SSH-2.0-OpenSSH_9.2\r\n",
    "http-0.9": "<html>hello</html>",
    "http-2": "HTTP/2.0 200 OK\r\n\r\n",
    "http-of-letters": "HTTP/x.y 200 OK\r\n\r\n",
    "http-without-version": "HTTP 200 OK\r\n\r\n",
    "icy": "ICY 200 OK\r\n\r\nhello",
    "lower-case-http": "http/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "status-of-two-digits": head(status="20 OK"),
    "status-of-four-digits": head(status="2000 OK"),
    "status-below-100": head(status="099 OK"),
    "status-of-letters": head(status="abc OK"),
    "status-negative": head(status="-200 OK"),
    "no-status": "HTTP/1.1  OK\r\n\r\n",
    "garbage": bytes(range(256)) * 4,
    "zeros": bytes(4096),
    "byte-order-mark-first": b"\xef\xbb\xbf" + head("Content-Length: 5").encode() + b"hello",
    "space-first": " " + head("Content-Length: 5") + "hello",
    "tls-alert": b"\x15\x03\x01\x00\x02\x02\x46",
    "http2-preface": b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + bytes(18),
    "a-request": "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "protocol-switch": head("Upgrade: h2c", status="101 Switching Protocols"),
})

CHUNKS = failures(MALFORMED, {
    "chunk-size-of-17-digits": chunked("10000000000000005\r\nhello\r\n0\r\n\r\n"),
    "chunk-size-of-17-digits-with-zeros": chunked("1ffffffffffffffff\r\nhello\r\n0\r\n\r\n"),
    "chunk-size-negative": chunked("-5\r\nhello\r\n0\r\n\r\n"),
    "chunk-size-plus": chunked("+5\r\nhello\r\n0\r\n\r\n"),
    "chunk-size-0x": chunked("0x5\r\nhello\r\n0\r\n\r\n"),
    "chunk-size-empty": chunked("\r\nhello\r\n0\r\n\r\n"),
    "chunk-size-not-hex": chunked("g\r\nhello\r\n0\r\n\r\n"),
    "chunk-size-after-space": chunked(" 5\r\nhello\r\n0\r\n\r\n"),
    "chunk-bare-lf-after-size": chunked("5\nhello\r\n0\r\n\r\n"),
    "chunk-bare-lf-after-data": chunked("5\r\nhello\n0\r\n\r\n"),
    "chunk-longer-than-its-size": chunked("3\r\nhello\r\n0\r\n\r\n"),
    "chunk-shorter-than-its-size": chunked("6\r\nhello\r\n0\r\n\r\n"),
    "trailer-without-colon": chunked("5\r\nhello\r\n0\r\nX y\r\n\r\n"),
})

# Allowed by RFC 9112 section 7.1.1 and refused all the same, by llhttp 8.1: no server sends any of them.
EXTENSIONS = failures(MALFORMED, {
    "extension-after-one-with-a-value": chunked("5;a=b;c=d\r\nhello\r\n0\r\n\r\n"),
    "extension-after-space": chunked("5 ;a=b\r\nhello\r\n0\r\n\r\n"),
    "extension-with-space-before-its-name": chunked("5; a=b\r\nhello\r\n0\r\n\r\n"),
    "extension-with-spaces-round-its-value": chunked("5;a = b\r\nhello\r\n0\r\n\r\n"),
    "extension-with-an-escaped-quote": chunked('5;a="b\\"c"\r\nhello\r\n0\r\n\r\n'),
})

CLAIMS = [
    *failures(TRUNCATED, {"huge-chunk": chunked("fffffffffffffff\r\nhello")}),
    # Refused before any body is read.
    *failures(BODY_TOO_LARGE, {
        "claimed-100-terabytes": head("Content-Length: 100000000000000"),
        "claimed-2-to-63": head("Content-Length: 9223372036854775807"),
        "claimed-2-to-64-less-1": head("Content-Length: 18446744073709551615"),
        "claimed-on-404": head("Content-Length: 100000000000000", status="404 Not Found"),
    }),
]

# Unusual, and allowed.
ALLOWED = successes({
    "until-close": (head() + "hello", "hello"),
    "http-1.0": ("HTTP/1.0 200 OK\r\n\r\nhello", "hello"),
    "no-reason": ("HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello", "hello"),
    "interim": (head(status="103 Early Hints") + head(status="100 Continue") + head("Content-Length: 5") + "hello", "hello"),
    "interim-that-closes": (head("Connection: close", status="103 Early Hints") + head("Content-Length: 5") + "hello", "hello"),
    "interim-of-http-1.0": ("HTTP/1.0 100 Continue\r\n\r\n" + head("Content-Length: 5") + "hello", "hello"),
    "interim-with-a-length": (head("Content-Length: 9", status="103 Early Hints") + head("Content-Length: 5") + "hello", "hello"),
    "trailers": (chunked("5;ext=1\r\nhello\r\n0\r\nX: y\r\n\r\n"), "hello"),
    "upper-case": ("HTTP/1.1 200 OK\r\nTRANSFER-ENCODING: CHUNKED\r\n\r\n" + HELLO, "hello"),
    "leading-zeros-in-length": (head("Content-Length: 000005") + "hello", "hello"),
    "leading-zeros-in-chunk-size": (chunked("0005\r\nhello\r\n00\r\n\r\n"), "hello"),
    "extension-without-value": (chunked("5;a\r\nhello\r\n0;b\r\n\r\n"), "hello"),
    "extension-with-a-value": (chunked("5;a=b\r\nhello\r\n0;c=d\r\n\r\n"), "hello"),
    "extension-with-a-quoted-value": (chunked('5;a="b;c d"\r\nhello\r\n0\r\n\r\n'), "hello"),
    "extensions-with-quoted-values": (chunked('5;a="b";c="d";e\r\nhello\r\n0\r\n\r\n'), "hello"),
    "obs-fold": (head("X: a", " b", "Content-Length: 5") + "hello", "hello"),
    "obs-fold-in-length": (head("Content-Length:", " 5") + "hello", "hello"),
    "status-599": (head("Content-Length: 5", status="599 Odd") + "hello", "hello"),
    "204-with-a-body": (head("Content-Length: 5", status="204 No Content") + "hello", ""),
    "304-with-a-body": (head("Content-Length: 5", status="304 Not Modified") + "hello", ""),
    "bytes-after-the-response": (head("Content-Length: 5") + "helloEVIL", "hello"),
    "bytes-after-the-last-chunk": (chunked(HELLO) + "EVIL", "hello"),
    "two-responses-in-one-segment": ((head("Content-Length: 5") + "hello") + (head("Content-Length: 4") + "EVIL"), "hello"),
    "a-thousand-responses-in-one-segment": ((head("Content-Length: 5") + "hello") * 1000, "hello"),
})

ROWS = [*LENGTHS, *FIELDS, *STATUS_LINES, *CHUNKS, *EXTENSIONS, *CLAIMS, *ALLOWED]
