"""Content codings that are cut, corrupt or unknown, and small bodies that become large ones (promises A12, A13)."""

import base64
import gzip
import struct
import zlib

from row import BAD_ENCODING, BODY_TOO_LARGE, Row, failures, head, successes, to_bytes

PAGE = b"The page says what it says. " * 500


def answer(coding, body, status="200 OK", length=True, fields=()):
    fields = [f"Content-Encoding: {coding}", *fields, *([f"Content-Length: {len(body)}"] if length else [])]
    return to_bytes(head(*fields, status=status)) + body


def zstd_frame(blocks, window_descriptor=0x58):
    """RFC 8878: `blocks` of (type, size, bytes); the default window is 2 MiB."""
    frame = b"\x28\xb5\x2f\xfd\x00" + bytes([window_descriptor])
    for i, (kind, size, data) in enumerate(blocks):
        last = i == len(blocks) - 1
        frame += struct.pack("<I", size << 3 | kind << 1 | last)[:3] + data
    return frame


RAW, RLE = 0, 1


def deflated_zeros(mebibytes):
    """One mebibyte compressed once, and again and again: a full flush makes its bytes stand on their own."""
    coder = zlib.compressobj(9, wbits=-15)
    block = coder.compress(bytes(1 << 20)) + coder.flush(zlib.Z_FULL_FLUSH)
    return block * mebibytes + b"\x03\x00"


def raw_deflate(data):
    coder = zlib.compressobj(9, wbits=-15)
    return coder.compress(data) + coder.flush()


def layers(data, count):
    for _ in range(count):
        data = gzip.compress(data, 9)
    return data


GZIP = gzip.compress(PAGE)
DEFLATE = zlib.compress(PAGE)
ZSTD = zstd_frame([(RAW, len(PAGE), PAGE)])
# 256 MiB of zeros. Their checksums are wrong, which nobody should live to see.
RAW_BOMB = deflated_zeros(256)
GZIP_BOMB = gzip.compress(b"")[:10] + RAW_BOMB + bytes(8)
SMALL_GZIP_BOMB = gzip.compress(bytes(1 << 20))
# The same: brotli -q 9 -w 24.
BROTLI_BOMB = base64.b64decode(
    "z///fwAkAOKxQHLv//n//w+ABEAcFoDu/T////8BkACIwwLQvf/n//8/ABIAcVgAuvf//P//B0ACIA4LQPf+n////wBIAMRhAeje//P//x8ACYA4LADd"
    "+3/+//8DIAEQhwWge//P//9/ACQA4rAAdO//+f//D4AEQBwWgO79P////wGQAIjDAtC9/+f//z8AEgBxWAC69//8//8HQAIgDgtA9/6f////AEgAxGEB"
    "6N7/8///HwAJgDgsAN37f/7//wMgARCHBaB7/z8=")
# "hello" in brotli: an uncompressed meta-block (RFC 7932 section 9.2).
BROTLI = bytes.fromhex("0b028068656c6c6f03")

BOMBS = {
    "bomb-gzip": answer("gzip", GZIP_BOMB),
    "bomb-deflate": answer("deflate", b"\x78\x9c" + RAW_BOMB + bytes(4)),
    "bomb-raw-deflate": answer("deflate", RAW_BOMB),
    "bomb-brotli": answer("br", BROTLI_BOMB),
    "bomb-zstd": answer("zstd", zstd_frame([(RLE, 1 << 17, b"x")] * 4096)),
    "bomb-gzip-of-many-members": answer("gzip", SMALL_GZIP_BOMB * 256),
    "bomb-gzip-on-302": answer("gzip", GZIP_BOMB, status="302 Found"),
    "bomb-gzip-on-404": answer("gzip", GZIP_BOMB, status="404 Not Found"),
    "bomb-zstd-on-404": answer("zstd", zstd_frame([(RLE, 1 << 17, b"x")] * 4096), status="404 Not Found"),
    "bomb-brotli-on-500": answer("br", BROTLI_BOMB, status="500 Oops"),
    "bomb-of-three-layers": answer("gzip, gzip, gzip", layers(GZIP_BOMB, 2)),
    "bomb-until-close": answer("gzip", GZIP_BOMB, length=False),
}

# A whole head, then the coded body ends before its end while the framing is in order.
CUT = {
    "cut-gzip": answer("gzip", GZIP[:-1]),
    "cut-gzip-in-the-middle": answer("gzip", GZIP[:len(GZIP) // 2]),
    "cut-gzip-in-its-header": answer("gzip", GZIP[:5]),
    "cut-gzip-before-its-checksum": answer("gzip", GZIP[:-8]),
    "cut-gzip-until-close": answer("gzip", GZIP[:-1], length=False),
    "cut-second-gzip-member": answer("gzip", GZIP + GZIP[:20]),
    "cut-deflate": answer("deflate", DEFLATE[:-1]),
    "cut-raw-deflate": answer("deflate", raw_deflate(PAGE)[:-2]),
    "cut-brotli": answer("br", BROTLI[:-2]),
    "cut-zstd": answer("zstd", ZSTD[:-1]),
    "cut-zstd-in-its-header": answer("zstd", ZSTD[:5]),
    "cut-inner-coding": answer("deflate, gzip", gzip.compress(DEFLATE[:-1])),
}

CORRUPT = {
    "gzip-with-wrong-crc": answer("gzip", GZIP[:-8] + bytes([GZIP[-8] ^ 1]) + GZIP[-7:]),
    "gzip-with-wrong-length": answer("gzip", GZIP[:-4] + struct.pack("<I", len(PAGE) + 1)),
    "gzip-with-wrong-method": answer("gzip", GZIP[:2] + b"\x07" + GZIP[3:]),
    "gzip-that-is-text": answer("gzip", PAGE),
    "deflate-with-wrong-adler": answer("deflate", DEFLATE[:-1] + bytes([DEFLATE[-1] ^ 1])),
    "deflate-with-bad-block": answer("deflate", b"\x78\x9c\x07" + b"\xff" * 64),
    "brotli-that-is-text": answer("br", b"\xff" * 64),
    "zstd-that-is-text": answer("zstd", PAGE),
    "zstd-with-reserved-block": answer("zstd", zstd_frame([(3, 10, b"x" * 10)])),
    "zstd-with-a-window-of-2-GiB": answer("zstd", zstd_frame([(RAW, 5, b"hello")], window_descriptor=0xA8)),
    "zstd-with-the-largest-window": answer("zstd", zstd_frame([(RAW, 5, b"hello")], window_descriptor=0xFF)),
    "zstd-with-unknown-dictionary": answer("zstd", b"\x28\xb5\x2f\xfd\x01\x58\x2a" + b"\x29\x00\x00hello"),
    "unknown-coding": answer("rot13", PAGE),
    "unknown-coding-below-gzip": answer("rot13, gzip", GZIP),
    "five-codings": answer("gzip, gzip, gzip, gzip, gzip", layers(PAGE, 5)),
    "ten-codings": answer("gzip" + ", gzip" * 9, layers(PAGE, 10)),
    "a-thousand-codings": answer("gzip" + ", gzip" * 999, GZIP),
}

ROWS = [
    *failures(BODY_TOO_LARGE, BOMBS),
    *failures(BAD_ENCODING, CUT),
    *failures(BAD_ENCODING, CORRUPT),
    *successes({
        "whole-gzip": (answer("gzip", GZIP), PAGE.decode()),
        "whole-brotli": (answer("br", BROTLI), "hello"),
        "whole-zstd": (answer("zstd", ZSTD), PAGE.decode()),
        "whole-four-codings": (answer("gzip, gzip, gzip, gzip", layers(PAGE, 4)), PAGE.decode()),
    }),
    Row("bomb-on-head", answer("gzip", SMALL_GZIP_BOMB), body="", job={"method": "HEAD"}),
]
