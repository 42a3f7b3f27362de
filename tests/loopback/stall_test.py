#!/usr/bin/env python3
"""Servers that stall: every phase has its deadline, waiting costs nothing, and the others do not notice (promise A14)."""

import time
import unittest

from harness import Case
from readable import wait_readable
from scripted_server import FullBacklog, ScriptedServer, response


def stall(connection, request):
    connection.stall()


def stall_in_head(connection, request):
    connection.send("HTTP/1.1 200 OK\r\nContent-")
    connection.stall()


def stall_in_body(connection, request):
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
    connection.stall()


def stall_in_chunk(connection, request):
    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhello")
    connection.stall()


def drip_head(connection, request):
    connection.drip(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000, 0.05)


def drip_body(connection, request):
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    connection.drip(b"x", 0.05)


STALLS = {"/stall": stall, "/head": stall_in_head, "/body": stall_in_body, "/chunk": stall_in_chunk, "/drip-head": drip_head, "/drip-body": drip_body}


class StallTest(Case):
    def test_every_phase_of_a_response_has_its_deadline(self):
        with ScriptedServer(STALLS) as server:
            begin = time.monotonic()
            records, outcome = self.records_of("--max-time", "700ms", *map(server.url, STALLS), server.url("/good"))
            elapsed = time.monotonic() - begin
        self.assert_status(outcome, 4)
        self.assertEqual([record.get("error") for record in records], ["timeout"] * len(STALLS) + [None])
        self.assertLess(elapsed, 5 + outcome.starved_seconds)
        for record in records[:-1]:
            self.assertGreaterEqual(record["time_total"], 0.7)
            self.assertLess(record["time_total"], 2 + outcome.starved_seconds)
            self.assertIn(f"127.0.0.1:{server.port}", record["error_detail"])
            self.assertIn("700 ms", record["error_detail"])

    def test_a_job_has_its_own_deadline(self):
        with ScriptedServer(STALLS) as server:
            jobs = '{"url": "%s", "timeout": "300ms"}\n{"url": "%s", "timeout": 0.4}\n' % (server.url("/stall"), server.url("/body"))
            records, outcome = self.records_of(self.write("jobs.ndjson", jobs), limit=20)
        self.assertEqual([record["error"] for record in records], ["timeout", "timeout"])

    def test_a_connect_that_hangs_ends_with_the_connect_timeout(self):
        with FullBacklog() as hole, ScriptedServer() as server:
            records, outcome = self.records_of(
                "--connect-timeout", "500ms", f"http://127.0.0.1:{hole.port}/", server.url("/good"))
        self.assert_status(outcome, 4)
        self.assertEqual([record.get("error") for record in records], ["connect_timeout", None])
        self.assertLess(records[0]["time_total"], 2 + outcome.starved_seconds)

    def test_max_time_holds_while_connecting_too(self):
        with FullBacklog() as hole:
            [record], outcome = self.records_of("--max-time", "300ms", f"http://127.0.0.1:{hole.port}/")
        self.assert_status(outcome, 4)
        self.assertIn(record["error"], ("connect_timeout", "timeout"))
        self.assertLess(record["time_total"], 2 + outcome.starved_seconds)

    def test_one_stalled_job_in_ten_does_not_slow_the_others(self):
        """300 jobs over two servers, one in ten stalls until all the others have been asked for."""
        def stall_meanwhile(connection, request):
            server.wait_for(lambda: len(server.requests) >= 270)
            connection.send(response(b""))
            return True

        with ScriptedServer() as server, ScriptedServer({"/stall": stall_meanwhile}, ip="127.0.0.2") as slow:
            urls = [slow.url("/stall") if i % 10 == 0 else server.url(f"/{i}") for i in range(300)]
            records, outcome = self.records_of("-P", "40", "--per-host", "32", self.write("list.txt", "\n".join(urls)))
        self.assert_status(outcome, 0)
        self.assertEqual(len(records), 300)

    def test_waiting_for_stalled_servers_costs_no_time(self):
        for multiplexer in ("select", "poll", "epoll"):
            with self.subTest(multiplexer), ScriptedServer(STALLS) as server:
                urls = [server.url(path) for path in STALLS for _ in range(8)]
                outcome = self.fetch(
                    "--multiplexer", multiplexer, "--max-time", "1s", "--per-host", "64", self.write("list.txt", "\n".join(urls)))
                self.assert_status(outcome, 4)
                # 40 bytes a second dripped on each of 16 connections make some 400 wake-ups.
                self.assertLess(outcome.cpu_seconds, 0.4)

    def test_a_server_that_reads_no_request_ends_with_the_deadline(self):
        def deaf(connection):
            wait_readable(connection.server.stopped, seconds=20)

        with ScriptedServer(on_connect=deaf) as server:
            self.write("body.bin", b"x" * 30_000_000)
            job = '{"url": "%s", "method": "PUT", "body_file": "%s"}' % (server.url("/"), self.folder / "body.bin")
            [record], outcome = self.records_of("--max-time", "500ms", self.write("jobs.ndjson", job))
        self.assertEqual(record["error"], "timeout")
        self.assertLess(outcome.cpu_seconds, 1)

    def test_a_slow_server_that_keeps_within_the_deadline_succeeds(self):
        def slow(connection, request):
            for byte in response(b"slow"):
                connection.send(bytes([byte]))
                connection.wait_until_gone(0.01)

        with ScriptedServer({"/slow": slow}) as server:
            outcome = self.fetch("--max-time", "20s", server.url("/slow"))
        self.assert_status(outcome, 0)
        self.assertEqual(outcome.text, "slow")


if __name__ == "__main__":
    unittest.main()
