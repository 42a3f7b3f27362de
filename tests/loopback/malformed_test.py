#!/usr/bin/env python3
"""Responses that nobody asked for never answer another request (promise A9), limits are exact to the byte, and what the
network says does not reach the terminal. What else a response may do wrong: tests/hostile."""

import json
import threading
import unittest

from harness import PIPE, Case
from scripted_server import ScriptedServer, response

HEADER_TOO_LARGE, BODY_TOO_LARGE = "header_too_large", "body_too_large"


class MalformedTest(Case):
    def test_limits_are_exact(self):
        page = response(b"z" * 1000, "X: " + "y" * 500)
        size = page.index(b"\r\n\r\n") + 4
        with ScriptedServer({"/page": page}) as server:
            for options, code in (
                (["--max-header-size", size], None), (["--max-header-size", size - 1], HEADER_TOO_LARGE),
                (["--max-filesize", "1000"], None), (["--max-filesize", "999"], BODY_TOO_LARGE),
            ):
                with self.subTest(options=options):
                    [record], _ = self.records_of(*options, server.url("/page"))
                    self.assertEqual(record.get("error"), code)

    def test_two_responses_in_one_segment_do_not_answer_the_next_request(self):
        def both(connection, request):
            connection.send(response(b"right") + response(b"EVIL"))
            return True

        with ScriptedServer({"/both": both}) as server:
            records, outcome = self.records_of("-P", "1", server.url("/both"), server.url("/next"))
            self.assert_status(outcome, 0)
            self.assertEqual([record["body"] for record in records], ["right", "/next"])
            self.assertEqual([request.connection for request in server.requests], [0, 1])

    def test_a_response_that_comes_while_the_connection_is_idle_does_not_answer_the_next_request(self):
        idle, dropped = threading.Event(), threading.Event()

        def later(connection, request):
            connection.send(response(b"right"))
            idle.wait(20)
            connection.send(response(b"EVIL"))
            connection.wait_until_gone()
            dropped.set()

        with ScriptedServer({"/later": later}) as server, ScriptedServer() as other:
            command = self.start_fetch("--jsonl", "-P", "1", "-", stdin=PIPE, read_stdout=False)

            def fetch(url):
                command.process.stdin.write(url.encode() + b"\n")
                command.process.stdin.flush()
                return json.loads(command.process.stdout.readline())["body"]

            self.assertEqual(fetch(server.url("/later")), "right")
            self.assertEqual(fetch(other.url("/elsewhere")), "/elsewhere")
            idle.set()
            self.assertTrue(dropped.wait(20), "a connection that says things unasked must be closed")
            self.assertEqual(fetch(server.url("/next")), "/next")
            command.process.stdin.close()
            self.assert_status(command.finish(), 0)

    def test_control_characters_of_the_network_do_not_reach_the_terminal(self):
        said = b"HTTP/1.1 200 OK\r\nContent-Length: \x1b]0;pwned\x07\x9b31m\r\n\r\nx"
        with ScriptedServer({"/page": said}) as server:
            outcome = self.fetch(server.url("/page"))
        self.assert_status(outcome, 7)
        self.assertNotRegex(outcome.stderr, r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


if __name__ == "__main__":
    unittest.main()
