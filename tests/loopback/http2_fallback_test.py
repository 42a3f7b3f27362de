#!/usr/bin/env python3
"""A server that has agreed on HTTP/2 and then wants HTTP/1.1 (RFC 9113 section 7, HTTP_1_1_REQUIRED) gets it: for the request, where
it was not acted on, and for all that follow."""

import json
import threading
import unittest

from certified_case import CertifiedCase
from http2_frames import HTTP_1_1_REQUIRED, data, goaway, headers, page, rst_stream
from http2_peer import Http2Server
from scripted_server import response

POST = {"method": "POST", "body": "x" * 1000}


def refuse(connection, request):
    connection.send(rst_stream(request.stream, HTTP_1_1_REQUIRED))
    return True


def answer(connection):
    while True:
        request = connection.read_request()
        connection.send(response(request.path.encode() + request.body[:1]))


class FallbackTest(CertifiedCase):
    def serve(self, pages=None, on_http2=None, on_http1=answer):
        return self.enterContext(Http2Server(pages, on_http2, self.certificate, on_http1))

    def run_jobs(self, server, jobs, *options, status=0, **more):
        """`jobs`: of a path each, and the job's other fields. The records in the list's order."""
        jobs = [{"url": server.url(path), **job} for path, job in jobs]
        records, self.outcome = self.records_of(
            "--cacert", self.ca.certificate, *options, self.write("jobs.json", json.dumps(jobs)), **more)
        self.assert_status(self.outcome, status)
        return records

    def test_a_stream_reset_for_it_is_sent_again_whatever_its_method(self):
        for job in ({}, POST):
            with self.subTest(job=job):
                server = self.serve({"/": refuse})
                [record] = self.run_jobs(server, [("/", job)])
                self.assertEqual((record["body"], record["http_version"]), ("/" + job.get("body", "")[:1], "1.1"))
                self.assertEqual((record["num_retries"], record["num_connects"]), (0, 2))
                self.assertEqual([request.connection for request in server.requests], [0, 1])
                self.assertEqual(self.outcome.complaints, [])

    def test_all_that_is_refused_at_once_is_and_what_is_not_goes_on(self):
        refused = threading.Event()

        def serve(connection):
            connection.begin()
            requests = [connection.read_request() for _ in range(6)]
            connection.send(headers(requests[0].stream))
            for request in requests[1:]:
                refuse(connection, request)
            refused.wait(10)
            connection.send(data(requests[0].stream, b"taken", end=True))
            connection.wait_until_gone()

        def answer_and_tell(connection):
            refused.set()
            answer(connection)

        server = self.serve(on_http2=serve, on_http1=answer_and_tell)
        records = self.run_jobs(server, [(f"/{i}", {}) for i in range(6)], "--per-host", 6)
        self.assertEqual([record["body"] for record in records], ["taken", "/1", "/2", "/3", "/4", "/5"])
        self.assertEqual([record["http_version"] for record in records], ["2", *["1.1"] * 5])
        self.assertEqual(server.connections, 6)

    def test_the_host_is_remembered_when_nothing_leads_there_any_more(self):
        """The connection of HTTP/1.1 is closed after each page, and jobs come one by one."""
        def answer_once(connection):
            connection.send(response(connection.read_request().path.encode(), "Connection: close"))

        server = self.serve({"/0": refuse}, on_http1=answer_once)
        records = self.run_jobs(server, [(f"/{i}", {}) for i in range(4)], "-P", 1, "--host-delay", "50ms")
        self.assertEqual([record["http_version"] for record in records], ["1.1"] * 4)
        self.assertEqual(server.paths(), ["/0", "/0", "/1", "/2", "/3"])

    def test_one_that_has_begun_to_answer_is_not_asked_again(self):
        server = self.serve({"/": lambda c, r: (c.send(headers(r.stream)), refuse(c, r))})
        [record] = self.run_jobs(server, [("/", {})], status=7)
        self.assertEqual(record["error"], "stream_reset")
        self.assertIn("HTTP_1_1_REQUIRED", record["error_detail"])
        self.assertEqual(server.paths(), ["/"])

    def leave(self, seen):
        """Goes away for want of HTTP/1.1 once `seen` requests have come, having seen the first."""
        def serve(connection):
            connection.begin()
            requests = [connection.read_request() for _ in range(seen)]
            connection.send(goaway(requests[0].stream, HTTP_1_1_REQUIRED))
            connection.hang_up()

        return self.serve(on_http2=serve)

    def test_a_connection_that_ends_for_it(self):
        server = self.leave(3)
        records = self.run_jobs(server, [("/0", {}), ("/1", POST), ("/2", {})], "--per-host", 3)
        self.assertEqual([record["body"] for record in records], ["/0", "/1x", "/2"])
        self.assertEqual({record["http_version"] for record in records}, {"1.1"})
        self.assertEqual([record["num_retries"] for record in records], [0, 0, 0])

    def test_what_may_have_been_acted_on_and_must_not_be_repeated_fails(self):
        server = self.leave(1)
        records = self.run_jobs(server, [("/0", POST)], status=4, retry=2)
        self.assertEqual(records[0]["error"], "connection_closed")
        self.assertEqual(server.paths(), ["/0"])

    def test_one_that_refuses_before_it_is_asked(self):
        def leave(connection):
            connection.begin()
            connection.send(goaway(0, HTTP_1_1_REQUIRED))
            connection.hang_up()

        server = self.serve(on_http2=leave)
        records = self.run_jobs(server, [(f"/{i}", POST) for i in range(20)])
        self.assertEqual([record["body"] for record in records], [f"/{i}x" for i in range(20)])

    def test_a_server_that_has_nothing_else_is_not_asked_for_ever(self):
        def refuse_too(connection):
            connection.read_request()
            connection.reset()

        server = self.serve({"/": refuse}, on_http1=refuse_too)
        [record] = self.run_jobs(server, [("/", {})], status=4)
        self.assertEqual((record["error"], record["num_connects"]), ("connection_reset", 2))
        self.assertEqual(server.paths(), ["/", "/"])

    def test_where_nothing_but_http2_is_to_be_spoken_the_error_says_so(self):
        for certificate in (None, self.certificate):
            with self.subTest(certificate=certificate):
                server = self.enterContext(Http2Server({"/": refuse}, certificate=certificate))
                records = self.run_jobs(server, [("/", {}), ("/good", {})], "--http2-prior-knowledge", status=7)
                self.assertEqual(records[0]["error"], "stream_reset")
                self.assertIn("wants HTTP/1.1", records[0]["error_detail"])
                self.assertEqual(records[1]["body"], "/good")
                self.assertEqual(sorted(server.paths()), ["/", "/good"])
                self.assertEqual(server.connections, 1)


if __name__ == "__main__":
    unittest.main()
