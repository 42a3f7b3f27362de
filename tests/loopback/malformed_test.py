#!/usr/bin/env python3
"""Responses that are malformed, cut short, too large or not asked for: each fails its own job with the right code, and
all the others of the list complete (promises A9, A10, A11, A13)."""

import json
import threading
import unittest

from harness import PIPE, Case
from scripted_server import ScriptedServer, response

OK = "HTTP/1.1 200 OK\r\n"
MALFORMED, TRUNCATED = "malformed_response", "truncated_body"
HEADER_TOO_LARGE, BODY_TOO_LARGE = "header_too_large", "body_too_large"
RESET, CLOSED = "connection_reset", "connection_closed"


def head(*fields, status="200 OK"):
    return "".join(line + "\r\n" for line in [f"HTTP/1.1 {status}", *fields]) + "\r\n"


def text(data):
    return data if isinstance(data, bytes) else data.encode("latin-1")


# What the server says before it closes, and the code of the job's failure.
FAILURES = {
    # A10: framing that RFC 9112 forbids.
    "cl-and-te": (head("Content-Length: 5", "Transfer-Encoding: chunked") + "5\r\nhello\r\n0\r\n\r\n", MALFORMED),
    "te-and-cl": (head("Transfer-Encoding: chunked", "Content-Length: 5") + "5\r\nhello\r\n0\r\n\r\n", MALFORMED),
    "two-cl": (head("Content-Length: 5", "Content-Length: 6") + "hello", MALFORMED),
    "cl-list": (head("Content-Length: 5, 6") + "hello", MALFORMED),
    "cl-plus": (head("Content-Length: +5") + "hello", MALFORMED),
    "cl-minus": (head("Content-Length: -1") + "hello", MALFORMED),
    "cl-hex": (head("Content-Length: 0x5") + "hello", MALFORMED),
    "cl-empty": (head("Content-Length:") + "hello", MALFORMED),
    "cl-2-to-64": (head("Content-Length: 18446744073709551616") + "hello", MALFORMED),
    "cl-2-to-64-and-5": (head("Content-Length: 18446744073709551621") + "hello", MALFORMED),
    "te-twice": (head("Transfer-Encoding: chunked", "Transfer-Encoding: chunked") + "5\r\nhello\r\n0\r\n\r\n", MALFORMED),
    "te-unknown": (head("Transfer-Encoding: rot13") + "hello", MALFORMED),
    "te-chunked-not-last": (head("Transfer-Encoding: chunked, gzip") + "5\r\nhello\r\n0\r\n\r\n", MALFORMED),
    "space-before-colon": (head("Content-Length : 5") + "hello", MALFORMED),
    "bare-lf": ("HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", MALFORMED),
    "te-gzip-chunked": (head("Transfer-Encoding: gzip, chunked") + "5\r\nhello\r\n0\r\n\r\n", MALFORMED),
    "nul-in-field": (head("X: a\0b", "Content-Length: 5") + "hello", MALFORMED),
    "cr-in-field": (head("X: a\rb", "Content-Length: 5") + "hello", MALFORMED),
    "no-colon": (head("Content-Length 5") + "hello", MALFORMED),
    # Not HTTP at all.
    "not-http": ("SSH-2.0-OpenSSH_9.2\r\n", MALFORMED),
    "http-0.9": ("<html>hello</html>", MALFORMED),
    "http-2": ("HTTP/2.0 200 OK\r\n\r\n", MALFORMED),
    "status-of-two-digits": (head(status="20 OK"), MALFORMED),
    "status-of-four-digits": (head(status="2000 OK"), MALFORMED),
    "status-below-100": (head(status="099 OK"), MALFORMED),
    "no-status": ("HTTP/1.1  OK\r\n\r\n", MALFORMED),
    "status-of-letters": (head(status="abc OK"), MALFORMED),
    "tls-alert": (b"\x15\x03\x01\x00\x02\x02\x46", MALFORMED),
    "protocol-switch": (head("Upgrade: h2c", status="101 Switching Protocols"), MALFORMED),
    # A11: chunk framing.
    "chunk-size-of-17-digits": (head("Transfer-Encoding: chunked") + "10000000000000005\r\nhello\r\n0\r\n\r\n", MALFORMED),
    "chunk-size-negative": (head("Transfer-Encoding: chunked") + "-5\r\nhello\r\n0\r\n\r\n", MALFORMED),
    "chunk-size-0x": (head("Transfer-Encoding: chunked") + "0x5\r\nhello\r\n0\r\n\r\n", MALFORMED),
    "chunk-size-empty": (head("Transfer-Encoding: chunked") + "\r\nhello\r\n0\r\n\r\n", MALFORMED),
    "chunk-longer-than-its-size": (head("Transfer-Encoding: chunked") + "3\r\nhello\r\n0\r\n\r\n", MALFORMED),
    "huge-chunk": (head("Transfer-Encoding: chunked") + "fffffffffffffff\r\nhello", TRUNCATED),
    # A13: cut short.
    "short-length": (head("Content-Length: 10") + "hello", TRUNCATED),
    "short-large-length": (head("Content-Length: 1000000") + "x" * 500_000, TRUNCATED),
    "cut-in-chunk": (head("Transfer-Encoding: chunked") + "a\r\nhello", TRUNCATED),
    "cut-in-chunk-size": (head("Transfer-Encoding: chunked") + "5\r\nhello\r\n1", TRUNCATED),
    "no-last-chunk": (head("Transfer-Encoding: chunked") + "5\r\nhello\r\n", TRUNCATED),
    "cut-in-trailers": (head("Transfer-Encoding: chunked") + "5\r\nhello\r\n0\r\nX: y\r\n", TRUNCATED),
    # No response.
    "closed-at-once": ("", CLOSED),
    "closed-in-head": ("HTTP/1.1 200 OK\r\nContent-Le", CLOSED),
    "closed-after-interim": (head(status="100 Continue"), CLOSED),
    # Claims that are too large, refused before any body is read.
    "claimed-100-terabytes": (head("Content-Length: 100000000000000"), BODY_TOO_LARGE),
}

# Unusual, and allowed.
SUCCESSES = {
    "until-close": (head() + "hello", "hello"),
    "http-1.0": ("HTTP/1.0 200 OK\r\n\r\nhello", "hello"),
    "no-reason": ("HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello", "hello"),
    "interim": (head(status="103 Early Hints") + head(status="100 Continue") + head("Content-Length: 5") + "hello", "hello"),
    "trailers": (head("Transfer-Encoding: chunked") + "5;ext=1\r\nhello\r\n0\r\nX: y\r\n\r\n", "hello"),
    "upper-case": ("HTTP/1.1 200 OK\r\nTRANSFER-ENCODING: CHUNKED\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "hello"),
    "bytes-after-the-response": (head("Content-Length: 5") + "helloEVIL", "hello"),
    "obs-fold-in-length": (head("Content-Length:", " 5") + "hello", "hello"),
    "status-599": (head("Content-Length: 5", status="599 Odd") + "hello", "hello"),
}


class MalformedTest(Case):
    def records_by_name(self, server, names, *options, **more):
        """Fetches each script between two good pages, which must arrive; the failed records by name, and the outcome."""
        paths = ["/good/0"]
        for i, name in enumerate(names, 1):
            paths += [f"/{name}", f"/good/{i}"]
        records, outcome = self.records_of(*options, self.write("list.txt", "".join(server.url(p) + "\n" for p in paths)), **more)
        self.assertEqual(len(records), len(paths))
        for record, path in zip(records, paths):
            if path.startswith("/good/"):
                self.assertTrue(record["ok"], record)
                self.assertEqual(record["body"], path)
        return {path[1:]: record for record, path in zip(records, paths) if not path.startswith("/good/")}, outcome

    def assert_told(self, outcome, server, name, code):
        """One line on standard error names the URL and the cause."""
        lines = [line for line in outcome.complaints if server.url(f"/{name}:") in line]
        self.assertEqual(len(lines), 1, outcome.stderr)
        self.assertRegex(lines[0], rf"^nbcrawl: .*: .+ \({code}\)$")

    def check_failures(self, failures, status, *options, **more):
        """Each script in a run of all, in one piece and byte for byte."""
        for piece in (None, 1):
            pages = {}
            for name, (said, _) in failures.items():
                if not callable(said):
                    size = piece if len(said) < 5000 else None
                    said = lambda c, r, said=text(said), size=size: c.send(said, size)
                pages[f"/{name}"] = said
            with self.subTest(piece=piece), ScriptedServer(pages) as server:
                found, outcome = self.records_by_name(server, failures, *options, **more)
                for name, (_, code) in failures.items():
                    with self.subTest(name):
                        self.assertFalse(found[name]["ok"])
                        self.assertEqual(found[name]["error"], code, found[name]["error_detail"])
                        self.assert_told(outcome, server, name, code)
                self.assertEqual(len(outcome.complaints), len(failures), outcome.stderr)
                self.assert_status(outcome, status)

    def test_a_malformed_response_fails_its_job_alone(self):
        self.check_failures({n: f for n, f in FAILURES.items() if f[1] == MALFORMED}, 7)

    def test_a_body_cut_short_is_never_a_success(self):
        self.check_failures({n: f for n, f in FAILURES.items() if f[1] == TRUNCATED}, 7)

    def test_a_body_announced_too_large_fails_at_once(self):
        self.check_failures({n: f for n, f in FAILURES.items() if f[1] == BODY_TOO_LARGE}, 7)

    def test_a_connection_closed_without_a_response_is_a_network_failure(self):
        self.check_failures({n: f for n, f in FAILURES.items() if f[1] == CLOSED}, 4)

    def test_unusual_but_allowed_responses_succeed(self):
        for piece in (None, 1):
            pages = {f"/{n}": lambda c, r, said=text(said), piece=piece: c.send(said, piece) for n, (said, _) in SUCCESSES.items()}
            with self.subTest(piece=piece), ScriptedServer(pages) as server:
                found, outcome = self.records_by_name(server, SUCCESSES)
                self.assert_status(outcome, 0)
                for name, (_, body) in SUCCESSES.items():
                    self.assertEqual(found[name]["body"], body, name)

    def test_a_reset_fails_its_job_alone_wherever_it_comes(self):
        def after(said):
            def script(connection, request):
                connection.send(said)
                # What was sent must have been read, or the reset takes it away and the cause is another.
                connection.wait_until_gone(0.2) if said else None
                connection.reset()
            return script

        self.check_failures({
            "before-the-head": (after(""), RESET),
            "in-the-head": (after("HTTP/1.1 200 OK\r\nContent-"), RESET),
            "in-the-body": (after(head("Content-Length: 10") + "hello"), RESET),
            "in-a-chunk": (after(head("Transfer-Encoding: chunked") + "a\r\nhello"), RESET),
            "in-a-body-that-ends-with-the-connection": (after(head() + "hello"), RESET),
        }, 4)

    def test_what_goes_on_for_ever_ends_at_a_limit_in_bounded_memory(self):
        def endless(begin, more):
            def script(connection, request):
                connection.send(begin)
                connection.send_for_ever(text(more))
            return script

        self.check_failures({
            "endless-status-line": (endless("HTTP/1.1 200 ", "x" * 65536), HEADER_TOO_LARGE),
            "endless-fields": (endless(OK, "X: y\r\n" * 10_000), HEADER_TOO_LARGE),
            "endless-field": (endless(OK + "X: ", "y" * 65536), HEADER_TOO_LARGE),
            "endless-interim": (endless("", head(status="103 Early Hints") * 1000), HEADER_TOO_LARGE),
            "endless-trailers": (endless(head("Transfer-Encoding: chunked") + "0\r\n", "X: y\r\n" * 10_000), HEADER_TOO_LARGE),
            "endless-extension": (endless(head("Transfer-Encoding: chunked") + "5;", "x" * 65536), HEADER_TOO_LARGE),
            "endless-body": (endless(head(), "x" * 65536), BODY_TOO_LARGE),
            "endless-chunks": (endless(head("Transfer-Encoding: chunked"), "10000\r\n" + "x" * 65536 + "\r\n"), BODY_TOO_LARGE),
            "endless-tiny-chunks": (endless(head("Transfer-Encoding: chunked"), "1\r\nx\r\n" * 10_000), BODY_TOO_LARGE),
        }, 7, "--max-filesize", "1M", limit=60)

    def test_memory_stays_bounded_while_ten_endless_responses_come_in(self):
        def script(connection, request):
            connection.send(OK)
            connection.send_for_ever(b"X: y\r\n" * 10_000)

        with ScriptedServer({f"/{i}": script for i in range(10)}) as server:
            _, outcome = self.records_of("--max-header-size", "1M", *(server.url(f"/{i}") for i in range(10)))
        self.assert_status(outcome, 7)
        self.assertLess(outcome.max_rss_kib, 64 * 1024)

    def test_limits_are_exact(self):
        page = head("X: " + "y" * 500, "Content-Length: 1000") + "z" * 1000
        size = page.index("\r\n\r\n") + 4
        with ScriptedServer({"/page": text(page)}) as server:
            for options, code in (
                (["--max-header-size", size], None), (["--max-header-size", size - 1], HEADER_TOO_LARGE),
                (["--max-filesize", "1000"], None), (["--max-filesize", "999"], BODY_TOO_LARGE),
            ):
                with self.subTest(options=options):
                    [record], _ = self.records_of(*options, server.url("/page"))
                    self.assertEqual(record.get("error"), code)

    def test_two_responses_in_one_segment_do_not_answer_the_next_request(self):
        evil = response(b"EVIL")

        def both(connection, request):
            connection.send(response(b"right") + evil)
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
        said = head("Content-Length: \x1b]0;pwned\x07\x9b31m") + "x"
        with ScriptedServer({"/page": text(said)}) as server:
            outcome = self.fetch(server.url("/page"))
        self.assert_status(outcome, 7)
        self.assertNotRegex(outcome.stderr, r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


if __name__ == "__main__":
    unittest.main()
