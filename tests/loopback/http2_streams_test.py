#!/usr/bin/env python3
"""Many jobs on one HTTP/2 connection: how many at once, and what becomes of them when the server gives up one, or all
(promise A15). The scripted peer speaks clear text; within TLS it is the same session."""

import json
import queue
import threading
import unittest

from harness import PIPE, Case
from http2_frames import (
    ENHANCE_YOUR_CALM, GOAWAY, INITIAL_WINDOW_SIZE, INTERNAL_ERROR, MAX_CONCURRENT_STREAMS, PROTOCOL_ERROR, REFUSED_STREAM, data,
    goaway, headers, page, ping, rst_stream, settings, window_update)
from http2_peer import Http2Server
from readable import wait_readable

CANCEL = 8


class StreamsCase(Case):
    def run_jobs(self, server, jobs, *options, status=0, **more):
        """`jobs`: paths, or objects with a path. The records in the list's order."""
        jobs = [{"url": server.url(job.pop("path")), **job} if isinstance(job, dict) else {"url": server.url(job)} for job in jobs]
        listed = self.write("jobs.json", json.dumps(jobs))
        records, self.outcome = self.records_of("--http2-prior-knowledge", *options, listed, **more)
        self.assert_status(self.outcome, status)
        return records

    def serve(self, on_http2=None, pages=None, **more):
        return self.enterContext(Http2Server(pages, on_http2=on_http2, **more))


def answer(connection, request):
    connection.send(page(request.stream, request.path.encode()))


class OneAtATime:
    """A server that has one stream at a time, and the client's jobs when it knows that: all but the first come then."""

    def __init__(self, serve):
        self.serve = serve  # called with the connection then
        self.is_known = threading.Event()

    def __call__(self, connection):
        connection.begin((MAX_CONCURRENT_STREAMS, 1))
        connection.read_until(lambda: connection.acknowledged)
        self.is_known.set()
        self.serve(connection)

    def run(self, case, count, *options, status=0):
        """The records of that many jobs, in order."""
        server = case.serve(self)
        command = case.start_fetch("--http2-prior-knowledge", "--jsonl", *options, "-", stdin=PIPE)
        urls = [server.url(f"/{i}") + "\n" for i in range(count)]
        for part in urls[:1], urls[1:]:
            command.process.stdin.write("".join(part).encode())
            command.process.stdin.flush()
            case.assertTrue(self.is_known.wait(20))
        command.process.stdin.close()
        outcome = command.finish()
        case.assert_status(outcome, status)
        case.assertEqual(server.connections, 1)
        return sorted(outcome.records, key=lambda record: int(record["id"]))


class AtOnceTest(StreamsCase):
    def run_numbered(self, serve, count, *options):
        server = self.serve(serve)
        records = self.run_jobs(server, [f"/{i}" for i in range(count)], *options)
        self.assertEqual([record["body"] for record in records], [f"/{i}" for i in range(count)])
        self.assertEqual(server.connections, 1)

    def test_as_many_as_a_host_may_have(self):
        for options, most in (([], 8), (["--per-host", 3], 3), (["--per-host", 20], 20), (["--per-host", 20, "-P", 5], 5)):
            one_more = []

            def serve(connection):
                connection.begin((MAX_CONCURRENT_STREAMS, 100))
                while True:
                    requests = [connection.read_request() for _ in range(most)]
                    one_more.append(connection.hears_request(0.05))
                    for request in requests:
                        answer(connection, request)

            with self.subTest(options=options):
                self.run_numbered(serve, 3 * most, *options, "--max-time", "10s")
                self.assertEqual(one_more, [False] * 3)

    def test_no_more_than_the_server_allows(self):
        for limit in (1, 3):
            too_many = []

            def serve(connection):
                connection.begin((MAX_CONCURRENT_STREAMS, limit))
                waiting = []
                while True:
                    if waiting and not connection.hears_request(0.02):
                        answer(connection, waiting.pop(0))
                        continue
                    waiting.append(connection.read_request())
                    if len(waiting) > limit:  # which the client can't know before it has the settings
                        too_many.append(connection.acknowledged)
                        connection.send(rst_stream(waiting.pop().stream, REFUSED_STREAM))

            with self.subTest(limit=limit):
                self.run_numbered(serve, 20, "--per-host", 10)
                self.assertFalse(any(too_many))

    def test_answers_come_in_any_order(self):
        def serve(connection):
            connection.begin()
            requests = [connection.read_request() for _ in range(8)]
            for request in reversed(requests):
                connection.send(headers(request.stream))
            for request in requests:
                connection.send(data(request.stream, request.path[:2].encode()))
            for request in reversed(requests):
                connection.send(data(request.stream, request.path[2:].encode(), end=True))
            connection.wait_until_gone()

        paths = [f"/page-{i}" for i in range(8)]
        self.assertEqual([record["body"] for record in self.run_jobs(self.serve(serve), paths)], paths)

    def test_a_stream_that_stalls_holds_up_no_other(self):
        def stalled(connection, request):
            connection.send(headers(request.stream))
            return True

        server = self.serve(pages={"/stalled": stalled})
        paths = [f"/{i}" for i in range(100)]
        records = self.run_jobs(server, [{"path": "/stalled", "timeout": 1}, *paths], "--per-host", 2, status=4)
        self.assertEqual(records[0]["error"], "timeout")
        self.assertEqual([record["body"] for record in records[1:]], paths)
        self.assertEqual(server.connections, 1)
        self.assertLess(max(record["time_total"] for record in records[1:]), 1)

    def test_a_request_that_the_server_has_wait_is_not_too_slow(self):
        """Each response is quick enough; the last of them begins when their time would be over."""
        def serve(connection):
            while True:
                request = connection.read_request()
                connection.send(headers(request.stream) + data(request.stream, bytes(1000)))
                connection.hears_request(0.4)
                connection.send(data(request.stream, bytes(1000), end=True))

        records = OneAtATime(serve).run(self, 4, "--speed-limit", "1k", "--speed-time", "1200ms", "--callback", "raw")
        self.assertEqual([record["size_download"] for record in records], [2000] * 4)

    def test_a_request_that_the_server_has_wait_loses_no_time(self):
        """The last of them begins when the time of all would be over."""
        def serve(connection):
            while True:
                request = connection.read_request()
                connection.hears_request(0.4)
                answer(connection, request)

        records = OneAtATime(serve).run(self, 5, "--max-time", "1400ms")
        self.assertEqual([record["body"] for record in records], [f"/{i}" for i in range(5)])
        self.assertLess(max(record["time_total"] for record in records), 1.4)
        self.assertGreater(max(record["time_queue"] for record in records), 1.4)

    def test_where_no_stream_will_be_free_it_ends_in_time(self):
        def serve(connection):
            first = connection.read_request()
            connection.hears_request(0.3)
            connection.send(settings((MAX_CONCURRENT_STREAMS, 0)) + page(first.stream, b"first"))
            connection.stall()

        records = OneAtATime(serve).run(self, 3, "--max-time", "1s", status=4)
        self.assertEqual([record.get("error") for record in records], [None, "timeout", "timeout"])
        for record in records[1:]:
            self.assertIn("no free stream", record["error_detail"])
            self.assertLess(record["time_total"], 3)

    def test_a_server_that_reads_nothing_more_holds_nothing_for_ever(self):
        """That a stream is given up can't be told to it either."""
        def serve(connection):
            connection.begin((MAX_CONCURRENT_STREAMS, 1), (INITIAL_WINDOW_SIZE, 2**31 - 1))
            connection.send(window_update(0, 2**30))
            wait_readable(connection.server.stopped, seconds=20)

        jobs = [{"path": "/0", "method": "POST", "body_file": str(self.write("body", bytes(2**25)))}, "/1", "/2"]
        records = self.run_jobs(self.serve(serve), jobs, "--max-time", "500ms", status=4)
        self.assertEqual([record.get("error") for record in records], ["timeout"] * 3)
        self.assertLess(max(record["time_queue"] for record in records), 5)

    def test_many_connections_are_one_each_host(self):
        servers = [self.serve(ip=f"127.0.0.{i}") for i in range(2, 22)]
        jobs = self.write("list.txt", "".join(server.url(f"/{i}") + "\n" for i in range(50) for server in servers))
        records, outcome = self.records_of("--http2-prior-knowledge", jobs)
        self.assert_status(outcome, 0)
        self.assertEqual([record["body"] for record in records], [f"/{i}" for i in range(50) for _ in servers])
        self.assertEqual([server.connections for server in servers], [1] * 20)


class GivenUpTest(StreamsCase):
    """A stream, or the connection, ends before the response does."""

    def test_a_reset_stream_fails_its_job_alone(self):
        def reset(connection, request):
            connection.send(headers(request.stream) + data(request.stream, b"hel") + rst_stream(request.stream, INTERNAL_ERROR))
            return True

        server = self.serve(pages={"/reset": reset})
        records = self.run_jobs(server, ["/1", "/2", "/reset", *(f"/{i}" for i in range(3, 20))], status=7)
        self.assertEqual([record["path"] for record in records if not record["ok"]], ["/reset"])
        self.assertEqual(records[2]["error"], "stream_reset")
        self.assertIn("INTERNAL_ERROR", records[2]["error_detail"])
        self.assertEqual(server.connections, 1)
        self.assertEqual(server.paths().count("/reset"), 1)

    def test_it_is_tried_again_where_that_is_safe_and_wanted(self):
        def reset(connection, request):
            again = connection.server.paths().count(request.path) > 1
            connection.send(page(request.stream, b"hello") if again else rst_stream(request.stream, INTERNAL_ERROR))
            return True

        server = self.serve(pages={"/get": reset, "/post": reset})
        records = self.run_jobs(server, ["/get", {"path": "/post", "method": "POST", "body": "x"}], status=7, retry=1)
        self.assertEqual((records[0].get("body"), records[0]["num_retries"]), ("hello", 1))
        self.assertEqual((records[1].get("error"), records[1]["num_retries"]), ("stream_reset", 0))
        self.assertEqual(sorted(server.paths()), ["/get", "/get", "/post"])

    def test_a_refused_stream_is_sent_again_once_whatever_its_method(self):
        def refuse(times):
            def script(connection, request):
                refused = connection.server.paths().count(request.path) <= times
                connection.send(rst_stream(request.stream, REFUSED_STREAM) if refused else page(request.stream, request.body))
                return True

            return script

        server = self.serve(pages={"/once": refuse(1), "/always": refuse(1000)})
        jobs = [{"path": path, "method": "POST", "body": "x" * 100} for path in ("/once", "/always")]
        records = self.run_jobs(server, jobs, status=7)
        self.assertEqual((records[0].get("body"), records[0]["num_retries"]), ("x" * 100, 0))
        self.assertEqual(records[1]["error"], "stream_reset")
        self.assertEqual(server.paths().count("/once"), 2)
        self.assertEqual(server.paths().count("/always"), 2)
        self.assertEqual(len(self.outcome.complaints), 1, self.outcome.stderr)

    def test_a_storm_of_resets(self):
        server = self.serve(on_http2=reset_everything)
        records = self.run_jobs(server, [f"/{i}" for i in range(300)], status=7)
        self.assertEqual({record["error"] for record in records}, {"stream_reset"})
        self.assertEqual(len(server.paths()), 300)

    def test_after_goaway_what_was_taken_ends_and_the_rest_goes_elsewhere(self):
        """Whatever the method: the server has said that it did not act on it (RFC 9113 section 6.8)."""
        def serve(connection):
            connection.begin()
            if connection.number > 0:
                while True:
                    answer(connection, connection.read_request())
            first, second, third, fourth = (connection.read_request() for _ in range(4))
            connection.send(headers(first.stream) + data(first.stream, b"hel") + goaway(second.stream))
            connection.hears_request(0.1)
            connection.send(data(first.stream, b"lo", end=True) + page(second.stream, b"taken"))
            connection.hang_up()

        server = self.serve(serve)
        post = {"method": "POST", "body": "x"}
        records = self.run_jobs(server, ["/0", "/1", {"path": "/2", **post}, {"path": "/3", **post}, "/4", "/5"], "--per-host", 4)
        self.assertEqual([record["body"] for record in records], ["hello", "taken", "/2", "/3", "/4", "/5"])
        self.assertEqual([record["num_retries"] for record in records], [0] * 6)
        self.assertEqual(self.outcome.complaints, [])
        self.assertEqual(server.connections, 2)
        self.assertEqual(sorted((request.path, request.connection) for request in server.requests),
                         [("/0", 0), ("/1", 0), ("/2", 0), ("/2", 1), ("/3", 0), ("/3", 1), ("/4", 1), ("/5", 1)])

    def test_a_server_may_go_away_twice(self):
        """First it says that it will, and takes what is on its way; then which was the last (RFC 9113 section 6.8)."""
        def serve(connection):
            connection.begin()
            if connection.number == 0:
                first, _ = connection.read_request(), connection.read_request()
                connection.send(goaway(2**31 - 1))
                connection.hears_request(0.1)
                connection.send(goaway(first.stream) + page(first.stream, b"first"))
                connection.hang_up()
            while True:
                answer(connection, connection.read_request())

        server = self.serve(serve)
        records = self.run_jobs(server, ["/0", "/1", "/2"], "--per-host", 2)
        self.assertEqual([record["body"] for record in records], ["first", "/1", "/2"])
        self.assertEqual(server.connections, 2)

    def test_a_connection_that_breaks_takes_its_jobs_and_no_others(self):
        """It is not known whether they were acted on, so only what may be repeated is."""
        def serve(connection):
            connection.begin()
            if connection.number == 0:
                requests = [connection.read_request() for _ in range(3)]
                answer(connection, requests[0])
                connection.send(headers(requests[1].stream) + data(requests[1].stream, b"hel"))
                connection.hang_up()
            while True:
                answer(connection, connection.read_request())

        server = self.serve(serve)
        jobs = ["/0", "/1", {"path": "/2", "method": "POST", "body": "x"}, "/3", "/4"]
        records = self.run_jobs(server, jobs, "--per-host", 3, status=4, retry=1)
        self.assertEqual([record.get("body") for record in records], ["/0", "/1", None, "/3", "/4"])
        self.assertEqual(records[1]["num_retries"], 1)
        self.assertEqual(records[2]["error"], "connection_closed")
        self.assertEqual(server.paths().count("/2"), 1)

    def test_a_server_that_always_goes_away_is_not_asked_for_ever(self):
        def leave(connection):
            connection.begin()
            connection.read_request()
            connection.send(goaway(0, ENHANCE_YOUR_CALM, b"\x1b]0;pwned\x07"))
            connection.hang_up()

        server = self.serve(leave)
        records = self.run_jobs(server, [f"/{i}" for i in range(20)], status=4)
        self.assertEqual({record["error"] for record in records}, {"connection_closed"})
        for record in records:
            self.assertIn("ENHANCE_YOUR_CALM", record["error_detail"])
        self.assertLessEqual(server.connections, 40)
        self.assertNotIn("\x1b", self.outcome.stderr)

    def test_one_that_breaks_the_protocol_is_told(self):
        told = queue.Queue()

        def serve(connection):
            connection.begin()
            connection.read_request()
            connection.send(data(0, b"of no stream"))
            while (got := connection.read_frame()).kind != GOAWAY:
                connection.heed(got)
            told.put(got.payload[4:8])

        server = self.serve(serve)
        [record] = self.run_jobs(server, ["/"], status=7)
        self.assertEqual(record["error"], "malformed_response")
        self.assertEqual(told.get(timeout=10), bytes([0, 0, 0, PROTOCOL_ERROR]))

    def test_one_page_a_connection(self):
        def serve_once(connection):
            connection.begin()
            request = connection.read_request()
            connection.send(goaway(request.stream))
            answer(connection, request)
            connection.hang_up()

        server = self.serve(serve_once)
        paths = [f"/{i}" for i in range(20)]
        records = self.run_jobs(server, paths, "--per-host", 1)
        self.assertEqual([record["body"] for record in records], paths)
        self.assertEqual(server.connections, 20)


def reset_everything(connection):
    connection.begin()
    while True:
        connection.send(rst_stream(connection.read_request().stream, INTERNAL_ERROR))


class GivenUpByUsTest(StreamsCase):
    """A job ends before its stream does: the server is told, and the connection goes on."""

    def check(self, script, error, status, *options, **job):
        told = threading.Event()

        def serve(connection):
            connection.begin()
            request = connection.read_request()
            script(connection, request)
            connection.read_until(lambda: request.stream in connection.resets)
            self.code = connection.resets[request.stream]
            told.set()
            while True:
                answer(connection, connection.read_request())

        server = self.serve(serve)
        records = self.run_jobs(server, [{"path": "/bad", **job}, "/1", "/2"], "--per-host", 2, *options, status=status)
        self.assertEqual(records[0].get("error"), error)
        self.assertEqual([record.get("body") for record in records[1:]], ["/1", "/2"])
        self.assertTrue(told.is_set())
        self.assertEqual(self.code, CANCEL)
        self.assertEqual(server.connections, 1)

    def test_for_its_deadline(self):
        def show_life(connection, request):
            threading.Event().wait(1.4)  # of two seconds
            connection.send(ping())

        self.check(show_life, "timeout", 4, timeout=2)

    def test_for_the_size_that_is_announced(self):
        announce = ("content-length", "1000000")
        self.check(lambda c, r: c.send(headers(r.stream, announce)), "body_too_large", 7, "--max-filesize", "1000")

    def test_for_the_size_that_comes(self):
        body = bytes(2000)
        self.check(lambda c, r: c.send(headers(r.stream) + data(r.stream, body)), "body_too_large", 7, "--max-filesize", "1000")

    def test_for_the_size_of_the_head(self):
        self.check(lambda c, r: c.send(headers(r.stream, ("x", "y" * 2000))), "header_too_large", 7, "--max-header-size", "1000")

    def test_for_a_body_of_a_redirect(self):
        def redirect(connection, request):
            connection.send(headers(request.stream, (":status", "302"), ("location", "/end")))

        server = self.serve(pages={"/bad": lambda c, r: (redirect(c, r), c.send(data(r.stream, bytes(10_000), end=True)))})
        [record] = self.run_jobs(server, ["/bad"])
        self.assertEqual((record.get("body"), record["num_redirects"]), ("/end", 1))


class IdleTest(StreamsCase):
    def test_a_connection_that_has_ended_meanwhile_costs_nothing(self):
        """The server goes between two jobs, with and without a farewell."""
        for said in (goaway(1), b""):
            with self.subTest(said=said):
                def serve(connection):
                    connection.begin()
                    answer(connection, connection.read_request())
                    if connection.number == 0:
                        connection.send(said)
                        connection.hang_up()
                    connection.wait_until_gone()

                server = self.serve(serve)
                records = self.run_jobs(server, ["/1", "/2"], "-P", 1, "--host-delay", "800ms")
                self.assertEqual([record["body"] for record in records], ["/1", "/2"])
                self.assertEqual([record["num_retries"] for record in records], [0, 0])
                self.assertEqual(server.paths(), ["/1", "/2"])


class SilenceTest(StreamsCase):
    def test_what_is_silent_for_most_of_a_jobs_time_gets_no_other(self):
        """Though it was not when the job began."""
        def serve(connection):
            connection.begin()
            if connection.number > 0:
                while True:
                    answer(connection, connection.read_request())
            first, _ = connection.read_request(), connection.read_request()
            answer(connection, first)
            connection.stall()

        server = self.serve(serve)
        records = self.run_jobs(server, [f"/{i}" for i in range(6)], "-m", "1s", "--per-host", 2, status=4)
        self.assertEqual([record["ok"] for record in records], [True, False, False, True, True, True])
        self.assertEqual(server.connections, 2)

    def test_what_waits_there_for_a_free_stream_goes_elsewhere(self):
        """At once, with all of its time, and whatever its method: it was not sent, nor is it though the server speaks again."""
        was_sent = []

        def serve(connection):
            connection.begin((MAX_CONCURRENT_STREAMS, 2 if connection.number == 0 else 100))
            while connection.number > 0:
                request = connection.read_request()
                connection.hears_request(0.2)
                connection.send(page(request.stream, request.path.encode() + request.body))
            slow, quick = connection.read_request(), connection.read_request()
            connection.read_until(lambda: quick.stream in connection.resets)
            was_sent.append(connection.hears_request(0.2))
            answer(connection, slow)
            connection.wait_until_gone()

        server = self.serve(serve)
        jobs = [{"path": "/slow", "timeout": 10}, "/quick", "/1", {"path": "/2", "method": "POST", "body": " once"}, "/3"]
        records = self.run_jobs(server, jobs, "-m", "600ms", status=4)
        self.assertEqual([record.get("body") for record in records], ["/slow", None, "/1", "/2 once", "/3"])
        self.assertEqual(records[1]["error"], "timeout")
        for record in records[2:]:
            self.assertLess(record["time_total"], 0.55)
            self.assertGreater(record["time_queue"], 0.45)
        self.assertEqual(was_sent, [False])
        self.assertEqual(sorted((request.path, request.connection) for request in server.requests),
                         [("/1", 1), ("/2", 1), ("/3", 1), ("/quick", 0), ("/slow", 0)])

    def test_where_each_connection_falls_silent_a_job_ends_in_its_own_time(self):
        """Counted from when its stream is free, and each gets its turn: what waited comes before what is new."""
        taken = []

        def serve(connection):
            connection.begin((MAX_CONCURRENT_STREAMS, 1))
            taken.append(connection.read_request().path)
            while True:  # those that were sent before the limit was known
                connection.send(rst_stream(connection.read_request().stream, REFUSED_STREAM))

        paths = [f"/{i}" for i in range(5)]
        records = self.run_jobs(self.serve(serve), paths, "-m", "300ms", "--per-host", 3, status=4)
        self.assertEqual([record["error"] for record in records], ["timeout"] * 5)
        self.assertEqual(taken, paths)
        self.assertLess(max(record["time_total"] for record in records), 0.5)


if __name__ == "__main__":
    unittest.main()
