#!/usr/bin/env python3
"""Content codings: removed as the bytes arrive, bounded, and never half a success (promises A12, A13)."""

import gzip
import json
import random
import unittest
import zlib
from pathlib import Path

from harness import Case
from scripted_server import ScriptedServer, response

PAGE = Path(__file__).read_bytes() * 20


def raw_deflate(data):
    coder = zlib.compressobj(wbits=-15)
    return coder.compress(data) + coder.flush()


CODINGS = {"gzip": gzip.compress, "x-gzip": gzip.compress, "deflate": zlib.compress}


def coded(name, data, *fields):
    return response(data, f"Content-Encoding: {name}", "Connection: close", *fields)


class CodingTest(Case):
    def fetch_one(self, answer, *options):
        server = self.enterContext(ScriptedServer({"/": answer}))
        records, outcome = self.records_of(*options, server.url("/"))
        return server, records[0], outcome

    def test_each_coding_is_removed(self):
        for name, code in {**CODINGS, "deflate ": raw_deflate, "GZIP": gzip.compress}.items():
            with self.subTest(coding=name):
                server, record, outcome = self.fetch_one(coded(name.strip(), code(PAGE)))
                self.assert_status(outcome, 0)
                self.assertEqual(record["body"], PAGE.decode())
                self.assertEqual(record["size_download"], len(code(PAGE)))
                self.assertEqual(record["content_encoding"], name.strip())
                self.assertEqual(server.requests[0].fields["accept-encoding"], "gzip, deflate, br, zstd")

    def test_codings_on_top_of_each_other(self):
        twice = gzip.compress(zlib.compress(PAGE))
        _, record, _ = self.fetch_one(coded("deflate, gzip", twice))
        self.assertEqual(record["body"], PAGE.decode())
        _, record, outcome = self.fetch_one(coded("gzip, gzip, gzip, gzip, gzip", b"x"))
        self.assertEqual(record["error"], "bad_encoding")
        self.assert_status(outcome, 7)

    def test_a_body_can_be_kept_as_it_was_sent(self):
        data = gzip.compress(PAGE)
        server = self.enterContext(ScriptedServer({"/": coded("gzip", data)}))
        outcome = self.fetch("--callback", "raw:coded", server.url("/"))
        self.assert_status(outcome, 0)
        self.assertEqual(outcome.stdout, data)

    def test_callbacks_that_want_different_bodies_are_refused(self):
        server = self.enterContext(ScriptedServer({"/": coded("gzip", gzip.compress(PAGE))}))
        for others, cause in ((["decode"], "raw:coded"), (["raw"], "raw:coded"), (["save:page"], "raw:coded"), (["headers"], None)):
            with self.subTest(others=others):
                jobs = self.write("jobs.json", json.dumps([{"url": server.url("/"), "callback": ["raw:coded", *others]}]))
                [record], outcome = self.records_of(jobs)
                self.assert_status(outcome, 0 if cause is None else 9)
                self.assertEqual(record.get("error"), None if cause is None else "callback_failed")
                self.assertIn(cause or "", record.get("error_detail", ""))
                self.assertFalse((self.folder / "page").exists())
        outcome = self.fetch("--callback", "raw:zip", server.url("/"))
        self.assert_status(outcome, 2)
        self.assertIn("'coded'", outcome.stderr)

    def test_chunked_and_coded(self):
        data = gzip.compress(PAGE)
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(data[i:i + 97]), data[i:i + 97]) for i in range(0, len(data), 97))
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        _, record, _ = self.fetch_one(head + chunks + b"0\r\n\r\n")
        self.assertEqual(record["body"], PAGE.decode())

    def test_what_is_cut_corrupt_or_unknown_is_no_success(self):
        data = gzip.compress(PAGE)
        random.seed(7)
        wrong_sum = data[:-8] + bytes([data[-8] ^ 1]) + data[-7:]
        for name, body in {"gzip": data[:-1], "gzip ": data[:len(data) // 2], "x-gzip": wrong_sum, "deflate": random.randbytes(4000),
                           "rot13": PAGE, "gzip, rot13": PAGE}.items():
            with self.subTest(coding=name):
                _, record, outcome = self.fetch_one(coded(name.strip(), body))
                self.assert_status(outcome, 7)
                self.assertEqual((record["ok"], record["error"]), (False, "bad_encoding"))
                self.assertNotIn("body", record)

    def test_a_bomb_ends_at_the_limit_with_flat_memory(self):
        coder = zlib.compressobj(9, wbits=31)
        bomb = b"".join(coder.compress(bytes(1 << 20)) for _ in range(1024)) + coder.flush()  # 1 GiB in 1 MiB
        for fields in ((), ("X-Status: also",)):
            server = self.enterContext(ScriptedServer({"/": coded("gzip", bomb, *fields)}))
            records, outcome = self.records_of("--callback", "discard", "--max-filesize", "64M", server.url("/"))
            self.assertEqual(records[0]["error"], "body_too_large")
            self.assertLess(outcome.max_rss_kib, 64 * 1024)

    def test_a_head_that_announces_a_coding_has_no_body_to_decode(self):
        server = self.enterContext(ScriptedServer({"/": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 99\r\nConnection: close\r\n\r\n"}))
        jobs = self.write("jobs.json", '[{"url": "%s", "method": "HEAD"}]' % server.url("/"))
        records, outcome = self.records_of(jobs)
        self.assert_status(outcome, 0)

    def test_a_page_saved_to_a_file_is_decoded_too(self):
        self.fetch_one(coded("gzip", gzip.compress(PAGE)), "--callback", "save:page.txt", "--output-dir", self.folder / "out")
        self.assertEqual((self.folder / "out" / "page.txt").read_bytes(), PAGE)


if __name__ == "__main__":
    unittest.main()
