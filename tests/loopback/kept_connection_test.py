#!/usr/bin/env python3
"""A kept connection that the server closes between two requests."""

import gzip
import json
import time
import unittest

from harness import Case
from scripted_server import PeerGone, ScriptedServer, response


def closes_on_the_second_request(how):
    """A server whose first connection answers once and then ends as `how` says when the next request has come."""

    def serve(connection):
        while True:
            request = connection.read_request()
            if connection.number == 0 and len(connection.server.requests) > 1:
                return how(connection)
            connection.send(response(request.path.encode()))

    return serve


def close(connection):
    raise PeerGone


def reset(connection):
    connection.reset()


def cut(connection):
    connection.send("HTTP/1.1 200 OK\r\nContent-Le")


def stall(connection):
    connection.stall()


class KeptConnectionTest(Case):
    def run_two(self, how, second, *options):
        server = self.enterContext(ScriptedServer(on_connect=closes_on_the_second_request(how)))
        jobs = [{"url": server.url("/first")}, {"url": server.url("/second"), **second}]
        records, outcome = self.records_of("-P", "1", *options, self.write("jobs.json", json.dumps(jobs)))
        return server, records, outcome

    def test_a_request_on_it_is_repeated_on_a_new_connection_without_counting_as_a_failure(self):
        for how in (close, reset):
            for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS"):
                with self.subTest(how=how.__name__, method=method):
                    server, records, outcome = self.run_two(how, {"method": method})
                    self.assert_status(outcome, 0)
                    self.assertTrue(records[1]["ok"])
                    self.assertEqual(records[1]["body"], "" if method == "HEAD" else "/second")
                    self.assertEqual(records[1]["num_connects"], 1)
                    self.assertEqual(records[1].get("num_retries", 0), 0)
                    self.assertEqual(server.paths(), ["/first", "/second", "/second"])
                    self.assertEqual(outcome.complaints, [])

    def test_the_body_of_a_repeated_request_is_whole(self):
        body = "x" * 300_000
        self.write("body.txt", body)
        for fields in ({"body": body}, {"body_file": str(self.folder / "body.txt")}):
            server, records, outcome = self.run_two(close, {"method": "PUT", **fields})
            self.assert_status(outcome, 0)
            self.assertEqual(server.requests[-1].body, body.encode())

    def test_a_post_is_not_repeated(self):
        for how in (close, reset):
            with self.subTest(how=how.__name__):
                server, records, outcome = self.run_two(how, {"method": "POST", "body": "once"})
                self.assert_status(outcome, 4)
                self.assertIn(records[1]["error"], ("connection_closed", "connection_reset"))
                self.assertEqual(server.paths(), ["/first", "/second"])

    def test_a_request_is_not_repeated_once_its_response_has_begun(self):
        server, records, outcome = self.run_two(cut, {})
        self.assert_status(outcome, 4)
        self.assertEqual(records[1]["error"], "connection_closed")
        self.assertEqual(server.paths(), ["/first", "/second"])

    def test_a_request_is_repeated_once_only(self):
        def serve(connection):
            request = connection.read_request()
            if request.path == "/first":
                connection.send(response(b"/first"))
                connection.read_request()
            raise PeerGone

        server = self.enterContext(ScriptedServer(on_connect=serve))
        records, outcome = self.records_of("-P", "1", server.url("/first"), server.url("/second"))
        self.assert_status(outcome, 4)
        self.assertEqual([record["ok"] for record in records], [True, False])
        self.assertEqual(server.paths(), ["/first", "/second", "/second"])

    def test_a_repeated_request_has_its_own_time_to_connect(self):
        def close_late(connection):
            time.sleep(0.8)
            raise PeerGone

        server, records, outcome = self.run_two(close_late, {}, "--connect-timeout", "500ms")
        self.assert_status(outcome, 0)
        self.assertEqual(server.paths(), ["/first", "/second", "/second"])

    def test_many_requests_over_connections_that_die_after_a_few(self):
        """No job is lost or answered twice when every connection ends after three responses without saying so."""

        def serve(connection):
            for _ in range(3):
                request = connection.read_request()
                connection.send(response(request.path.encode()))
            connection.socket.shutdown(1)  # what the client sends until it notices is not answered
            connection.wait_until_gone(5)

        server = self.enterContext(ScriptedServer(on_connect=serve))
        paths = [f"/{i}" for i in range(300)]
        records, outcome = self.records_of("-P", "8", self.write("list.txt", "".join(server.url(path) + "\n" for path in paths)))
        self.assert_status(outcome, 0)
        self.assertEqual([record["body"] for record in records], paths)

    def test_what_comes_behind_a_response_of_any_size_is_not_the_next_one(self):
        # Around what is read at once, where the next bytes are not seen with those of the response.
        sizes = [0, 20_000, *range(32_768 - 80, 32_768), 65_536, 100_000, 1_000_000]

        def serve(connection):
            path = connection.read_request().path
            connection.send(response(b"x" * int(path[1:]) if path != "/good" else b"good") + response(b"EVIL"))
            connection.read_request()

        server = self.enterContext(ScriptedServer(on_connect=serve))
        urls = [server.url(path) for size in sizes for path in (f"/{size}", "/good")]
        records, outcome = self.records_of("-P", "1", self.write("list.txt", "\n".join(urls)))
        self.assert_status(outcome, 0)
        self.assertEqual([len(record["body"]) for record in records[::2]], sizes)
        self.assertEqual({record["body"] for record in records[1::2]}, {"good"})
        self.assertEqual({record["num_connects"] for record in records}, {1})

    def test_large_responses_alike_say_nothing_about_the_next_one(self):
        # Where they had heads of one size, the next is read as if its body began at that place.
        large = b"".join(b"%07d\n" % i for i in range(25_000))
        alike, longer, shorter = (("X-Pad: " + "x" * size,) for size in (20, 300, 1))
        chunked = response(b"", *alike, "Transfer-Encoding: chunked", length=False) + b"30d40\r\n" + large + b"\r\n0\r\n\r\n"
        cut = response(large, *alike)
        surprises = {  # what is sent, the body, whether the connection is kept
            "longer head": (response(large, *longer), large, True),
            "shorter head": (response(large, *shorter), large, True),
            "small": (response(b"small"), b"small", True),
            "small, head alike": (response(b"small!", *alike), b"small!", True),
            "empty": (response(b"", status="204 No Content", length=False), b"", True),
            "interim": (b"HTTP/1.1 100 Continue\r\n\r\n" + response(large, *alike), large, True),
            "chunked": (chunked, large, True),
            "gzip": (response(gzip.compress(large), *alike, "Content-Encoding: gzip"), large, True),
            "too much": (response(large, *alike) + response(b"EVIL"), large, False),
            "too much behind a small one": (response(b"small") + response(b"EVIL") + large, b"small", False),
            "too much behind a head alike": (response(b"small!", *alike) + response(b"EVIL"), b"small!", False),
            "until close": (response(large, *alike, "Connection: close", length=False), large, False),
            "cut": (cut[:-1], None, False),
            "cut head": (cut[:30], None, False),
        }

        def serve(connection):
            while True:
                path = connection.read_request().path
                if path in ("/before", "/after"):
                    connection.send(response(large, *alike) if path == "/before" else response(b"good"))
                    continue
                sent, body, kept = surprises[path[1:].replace("_", " ")]
                connection.send(sent)
                if b"Connection: close" in sent or body is None:
                    return

        server = self.enterContext(ScriptedServer(on_connect=serve))
        for name, (_, body, kept) in surprises.items():
            paths = ["/before"] * 3 + ["/" + name.replace(" ", "_"), "/after"]
            with self.subTest(name):
                urls = "\n".join(server.url(path) for path in paths)
                records, _ = self.records_of("-P", "1", self.write("list.txt", urls))
                self.assertEqual([record["ok"] for record in records], [True] * 3 + [body is not None, True])
                self.assertEqual(records[2]["body"].encode(), large)
                if body is not None:
                    self.assertEqual(records[3]["body"].encode(), body)
                self.assertEqual(records[4]["body"], "good")
                self.assertEqual([record["num_connects"] for record in records[1:]], [0, 0, 0, 0 if kept else 1])

    def test_a_kept_connection_that_says_nothing_more_times_out(self):
        server, records, outcome = self.run_two(stall, {}, "--max-time", "1s")
        self.assert_status(outcome, 4)
        self.assertEqual(records[1]["error"], "timeout")


if __name__ == "__main__":
    unittest.main()
