#!/usr/bin/env python3
"""--ordered, where the job that all results wait for has another request to make after no more of them may be held."""

import unittest

from harness import SANITIZED, Case
from scripted_server import ScriptedServer, response

PAGE = b"x" * 1_000_000
PAGES = 45  # a good deal more than is held (32 MiB) and under way


class OrderedTest(Case):
    def setUp(self):
        super().setUp()
        self.answers = []  # what the first job is answered, in turn
        self.pages = {f"/{i}": response(PAGE) for i in range(1, PAGES + 1)}
        self.server = self.enterContext(ScriptedServer(self.pages | {"/first": self.answer_first}))
        self.other = self.enterContext(ScriptedServer(self.pages | {"/first": response(b"elsewhere")}, ip="127.0.0.2"))

    def answer_first(self, connection, request):
        if len(self.answers) > 1:
            connection.server.wait_until_quiet()  # as many pages are held as may be
        connection.send(self.answers.pop(0))
        return True

    def check(self, first, servers=1, retry=0):
        """The first job comes to `first`, though pages wait at its host, and in time."""
        origins = [self.server.origin, self.other.origin][:servers]
        jobs = self.write("list", "\n".join([self.server.url("/first"), *(o + path for path in self.pages for o in origins)]))
        outcome = self.fetch("--ordered", "--callback", "raw", jobs, retry=retry, limit=20)
        self.assert_status(outcome, 0)
        self.assertTrue(outcome.stdout == first + PAGE * (PAGES * servers), f"{len(outcome.stdout)} bytes")
        return outcome

    def redirect_to(self, url):
        return response(b"", f"Location: {url}", status="302 Found")

    def test_a_redirect(self):
        self.answers = [self.redirect_to("/first"), response(b"home")]
        self.check(b"home")

    def test_a_redirect_to_another_host(self):
        self.answers = [self.redirect_to(self.other.url("/first")), None]
        self.check(b"elsewhere", servers=2)

    def test_another_try(self):
        self.answers = [response(b"", status="503 Service Unavailable"), response(b"at last")]
        self.check(b"at last", retry=1)

    def test_another_try_that_is_waited_for_without_being_awake(self):
        self.answers = [response(b"", "Retry-After: 1", status="503 Service Unavailable"), response(b"at last")]
        outcome = self.check(b"at last", retry=1, servers=2)  # the other one could be asked at once
        if not SANITIZED:
            self.assertLess(outcome.cpu_seconds, 0.7)


if __name__ == "__main__":
    unittest.main()
