#!/usr/bin/env python3
"""How fast a response may come (--limit-rate) and must come (--speed-limit, --speed-time)."""

import unittest

from certificates import Authority
from harness import Case
from scripted_server import ScriptedServer, response
from tls_server import TlsServer, server_context

BODY = bytes(range(97, 123)) * 12_000  # 312,000 bytes


def dripping(connection, request):
    connection.send(f"HTTP/1.1 200 OK\r\nContent-Length: {len(BODY)}\r\n\r\n")
    connection.drip(BODY, 0.02)


class LimitRateTest(Case):
    def assert_limited(self, server, *options):
        for multiplexer in ("select", "epoll"):
            with self.subTest(multiplexer=multiplexer):
                [record], outcome = self.records_of(server.url("/"), "--limit-rate", "300k", "--multiplexer", multiplexer, *options)
                self.assert_status(outcome, 0)
                self.assertEqual(record["body"], BODY.decode())
                self.assertGreater(record["time_total"], 0.8)
                self.assertLess(record["time_total"], 3 + outcome.starved_seconds)
                self.assertLess(outcome.cpu_seconds, 0.3, "the time was not slept")

    def test_a_response_comes_no_faster(self):
        self.assert_limited(self.enterContext(ScriptedServer({"/": response(BODY, "Connection: close")})))

    def test_nor_within_tls(self):
        authority = Authority(self.folder)
        context = server_context(authority.issue("server", names="IP:127.0.0.1"))
        self.assert_limited(self.enterContext(TlsServer(context, {"/": response(BODY)})), "--cacert", authority.certificate)

    def test_pages_alike_and_small_ones_are_held_too(self):
        for size in (9_000, 60_000):
            page = response(b"x" * size)
            server = self.enterContext(ScriptedServer({f"/{i}": page for i in range(5)}))
            jobs = self.write("jobs.txt", "".join(server.url(f"/{i}") + "\n" for i in range(5)))
            records, outcome = self.records_of(jobs, "--limit-rate", str(size * 5), "--per-host", "1")
            self.assert_status(outcome, 0)
            for record in records:
                self.assertGreater(record["time_total"], 0.1, size)

    def test_it_is_of_one_response(self):
        server = self.enterContext(ScriptedServer({f"/{i}": response(BODY, "Connection: close") for i in range(8)}))
        jobs = self.write("jobs.txt", "".join(server.url(f"/{i}") + "\n" for i in range(8)))
        records, outcome = self.records_of(jobs, "--limit-rate", "600k")
        self.assert_status(outcome, 0)
        self.assertLess(max(record["time_total"] for record in records), 2.5 + outcome.starved_seconds)

    def test_the_highest_limit_is_none(self):
        def in_two_parts(connection, request):
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nha")
            connection.wait_until_gone(1.2)
            connection.send("lf")
            return True

        server = self.enterContext(ScriptedServer({"/": in_two_parts}))
        [record], outcome = self.records_of(server.url("/"), "--limit-rate", "17179869183G", "--max-time", "4s")
        self.assert_status(outcome, 0)
        self.assertEqual(record["body"], "half")

    def test_the_deadline_holds(self):
        server = self.enterContext(ScriptedServer({"/": response(BODY, "Connection: close")}))
        [record], outcome = self.records_of(server.url("/"), "--limit-rate", "1k", "--max-time", "500ms")
        self.assert_status(outcome, 4)
        self.assertEqual(record["error"], "timeout")
        self.assertLess(record["time_total"], 1.5 + outcome.starved_seconds)


class SpeedLimitTest(Case):
    def test_a_response_that_comes_slower_fails(self):
        server = self.enterContext(ScriptedServer({"/drip": dripping, "/silent": lambda connection, request: connection.stall()}))
        for path in ("/drip", "/silent"):
            [record], outcome = self.records_of(server.url(path), "--speed-limit", "1k", "--speed-time", "400ms")
            self.assert_status(outcome, 4)
            self.assertEqual(record["error"], "too_slow")
            self.assertIn("fewer than 1024 a second", record["error_detail"])
            self.assertGreaterEqual(record["time_total"], 0.4)
            self.assertLess(record["time_total"], 1.4 + outcome.starved_seconds)

    def test_one_that_is_fast_enough_does_not(self):
        server = self.enterContext(ScriptedServer({"/": response(BODY, "Connection: close"), "/drip": dripping}))
        [record], outcome = self.records_of(server.url("/"), "--speed-limit", "50k", "--speed-time", "600ms", "--limit-rate", "300k")
        self.assert_status(outcome, 0)
        [record], outcome = self.records_of(server.url("/drip"), "--speed-limit", "10", "--speed-time", "800ms", "--max-time", "2s")
        self.assertEqual(record["error"], "timeout")


if __name__ == "__main__":
    unittest.main()
