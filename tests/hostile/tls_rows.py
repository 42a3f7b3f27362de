"""Peers that get TLS wrong (promise A7; certificates of every bad kind: tests/loopback/tls_test.py)."""

from row import RAW_TLS, failures
from scripted_server import response


def after_hello(said):
    def script(connection):
        connection.socket.recv(65536)
        connection.send(said)
        connection.wait_until_gone(2)

    return script


def record(kind, data, version=b"\x03\x03"):
    return bytes([kind]) + version + len(data).to_bytes(2, "big") + data


ALERT, HANDSHAKE, DATA = 21, 22, 23

ROWS = failures("tls_handshake_failed", {
    "tls-peer-speaks-http": after_hello(response(b"hello")),
    "tls-garbage": after_hello(bytes(range(256)) * 16),
    "tls-zeros": after_hello(bytes(4096)),
    "tls-alert-handshake-failure": after_hello(record(ALERT, b"\x02\x28")),
    "tls-alert-internal-error": after_hello(record(ALERT, b"\x02\x50")),
    "tls-alert-unrecognized-name": after_hello(record(ALERT, b"\x02\x70")),
    "tls-alert-of-one-byte": after_hello(record(ALERT, b"\x02")),
    "tls-data-before-handshake": after_hello(record(DATA, b"hello")),
    "tls-record-of-unknown-type": after_hello(record(99, b"hello")),
    "tls-record-too-long": after_hello(b"\x16\x03\x03\xff\xff" + bytes(65535)),
    "tls-server-hello-cut": after_hello(record(HANDSHAKE, b"\x02\x00\x00\x02\x03\x03")),
    "tls-server-hello-of-16-MiB": after_hello(record(HANDSHAKE, b"\x02\xff\xff\xff" + bytes(16000)) * 4),
    "tls-client-hello-back": after_hello(record(HANDSHAKE, b"\x01\x00\x00\x20" + bytes(32))),
    "tls-finished-first": after_hello(record(HANDSHAKE, b"\x14\x00\x00\x0c" + bytes(12))),
}, via=RAW_TLS) + failures("tls_protocol_version", {
    "tls-alert-protocol-version": after_hello(record(ALERT, b"\x02\x46")),
}, via=RAW_TLS)
