#!/usr/bin/env python3
"""Redirects: where they lead, what is sent there, and what they may not do (promises A1, A2)."""

import json
import unittest

from harness import Case
from scripted_server import ScriptedServer, response


def redirect(location, status=302):
    def serve(connection, request):
        connection.send(response(b"moved", f"Location: {location}", status=f"{status} Moved"))
        return True

    return serve


class RedirectTest(Case):
    def fetch_one(self, server, path="/", *options, **job):
        jobs = self.write("jobs.json", json.dumps([{"url": server.url(path), **job}]))
        records, outcome = self.records_of(*options, jobs)
        return records[0], outcome

    def test_a_chain_is_followed_and_told(self):
        pages = {"/": redirect("/b", 301), "/b": redirect("c?x=1", 308), "/c?x=1": response(b"there", "Connection: close")}
        server = self.enterContext(ScriptedServer(pages))
        record, outcome = self.fetch_one(server)
        self.assert_status(outcome, 0)
        self.assertEqual(record["body"], "there")
        self.assertEqual(record["url"], server.url("/"))
        self.assertEqual(record["url_effective"], server.url("/c?x=1"))
        self.assertEqual(record["num_redirects"], 2)
        self.assertEqual(record["chain"], [{"url": server.url("/"), "status": 301}, {"url": server.url("/b"), "status": 308}])

    def test_method_and_body_go_on_as_browsers_send_them(self):
        for status, method, then, with_body in [
                (301, "POST", "GET", False), (302, "POST", "GET", False), (303, "POST", "GET", False), (307, "POST", "POST", True),
                (308, "POST", "POST", True), (301, "PUT", "PUT", True), (303, "PUT", "GET", False), (303, "HEAD", "HEAD", False),
                (302, "HEAD", "HEAD", False)]:
            with self.subTest(status=status, method=method):
                server = self.enterContext(ScriptedServer({"/": redirect("/next", status)}))
                body = {} if method == "HEAD" else {"body": "payload"}
                _, outcome = self.fetch_one(server, method=method, **body)
                self.assert_status(outcome, 0)
                last = server.requests[-1]
                self.assertEqual((last.method, last.path), (then, "/next"))
                self.assertEqual(last.body, b"payload" if with_body else b"")
                self.assertEqual("content-length" in last.fields, with_body)

    def test_a_redirect_without_location_is_a_result(self):
        server = self.enterContext(ScriptedServer({"/": response(b"choose", "Connection: close", status="300 Choices"),
                                                   "/302": response(b"nowhere", "Connection: close", status="302 Found")}))
        for path, body in (("/", "choose"), ("/302", "nowhere")):
            record, outcome = self.fetch_one(server, path)
            self.assert_status(outcome, 0)
            self.assertEqual(record["body"], body)

    def test_max_redirs_0_makes_it_a_result(self):
        server = self.enterContext(ScriptedServer({"/": redirect("/next")}))
        for options, job in ((["--max-redirs", "0"], {}), ([], {"max_redirs": 0})):
            record, outcome = self.fetch_one(server, "/", *options, **job)
            self.assert_status(outcome, 0)
            self.assertEqual((record["status"], record["body"], record["num_redirects"]), (302, "moved", 0))
        self.assertEqual(server.paths(), ["/", "/"])

    def test_the_redirects_own_body_does_not_matter(self):
        endless = b"HTTP/1.1 302 Found\r\nLocation: /next\r\nTransfer-Encoding: chunked\r\n\r\n"
        pages = {"/announced": lambda connection, request: connection.send(
                     response(b"", "Location: /next", "Content-Length: 10000000", status="302 Found", length=False)) or connection.stall(),
                 "/endless": lambda connection, request: connection.send(endless) or connection.send_for_ever(b"1000\r\n" + b"x" * 4096 + b"\r\n"),
                 "/small": lambda connection, request: connection.send(response(b"x" * 5000, "Location: /next", status="302 Found")) or True}
        server = self.enterContext(ScriptedServer(pages))
        for path, connections in (("/announced", 2), ("/endless", 2), ("/small", 1)):
            with self.subTest(path=path):
                before = server.connections
                record, outcome = self.fetch_one(server, path, "--max-filesize", "1000")
                self.assert_status(outcome, 0)
                self.assertEqual(record["body"], "/next")
                self.assertEqual(server.connections - before, connections)
        # Nor does that of a status that fails its job.
        server.pages["/404"] = lambda connection, request: connection.send(
            response(b"", "Content-Length: 10000000", status="404 Gone", length=False)) or connection.stall()
        record, outcome = self.fetch_one(server, "/404", "--fail")
        self.assertEqual(record["error"], "http_status")

    def test_a_loop_ends_at_the_limit(self):
        server = self.enterContext(ScriptedServer({"/": redirect("/")}))
        record, outcome = self.fetch_one(server, "/", "--max-redirs", "5")
        self.assert_status(outcome, 7)
        self.assertEqual(record["error"], "bad_redirect")
        self.assertIn("more than 5 redirects", record["error_detail"])
        self.assertEqual(len(server.requests), 6)

    def test_schemes_that_are_not_http_are_refused_and_named(self):
        for location in ("file:///etc/passwd", "ftp://127.0.0.1/", "data:text/plain,x", "javascript:alert(1)", "http://[::bad"):
            with self.subTest(location=location):
                server = self.enterContext(ScriptedServer({"/": redirect(location)}))
                record, outcome = self.fetch_one(server)
                self.assert_status(outcome, 7)
                self.assertEqual(record["error"], "bad_redirect")
                self.assertIn(location.split(":")[0], record["error_detail"])

    def test_a_location_cannot_add_a_line_to_the_next_request(self):
        server = self.enterContext(ScriptedServer({"/": redirect("/a b\tc\u00e9")}))
        _, outcome = self.fetch_one(server)
        self.assert_status(outcome, 0)
        self.assertEqual(server.requests[-1].head.split(b"\r\n")[0], b"GET /a%20bc%C3%A9 HTTP/1.1")

    def test_secrets_stay_with_their_origin(self):
        secrets = {"Authorization": "Basic c2VjcmV0", "Cookie": "secret=1", "X-Api-Key": "secret"}
        away = self.enterContext(ScriptedServer())
        home = self.enterContext(ScriptedServer())
        other_host = self.enterContext(ScriptedServer(ip="127.0.0.2"))
        back = redirect(home.url("/back"))
        away.pages["/and-back"] = back
        for location, reached, secret in [
                (home.url("/next"), home, True), ("/next", home, True), (f"//127.0.0.1:{home.port}/next", home, True),
                (away.url("/next"), away, False), (other_host.url("/next"), other_host, False),
                (f"http://localhost:{home.port}/next", home, False), (f"http://127.0.0.1.:{home.port}/next", home, None),
                (away.url("/and-back"), home, False)]:
            with self.subTest(location=location):
                home.pages["/"] = redirect(location, 307)
                before = len(reached.requests)
                self.fetch_one(home, headers={**secrets, "Proxy-Authorization": "secret", "Accept": "text/html"})
                if secret is None:  # such a host does not resolve everywhere: all that counts is that nothing leaked
                    continue
                self.assertGreater(len(reached.requests), before)
                last = reached.requests[-1]
                self.assertNotEqual(last.path, "/")
                self.assertEqual(last.fields["accept"], "text/html")
                for name in secrets:
                    self.assertEqual(name.lower() in last.fields, secret, name)
                self.assertNotIn("proxy-authorization", last.fields)

    def test_a_redirect_to_a_host_that_is_full_cannot_deadlock(self):
        server = self.enterContext(ScriptedServer({f"/{i}": redirect(f"/to/{i}") for i in range(20)}))
        jobs = self.write("jobs.txt", "".join(server.url(f"/{i}") + "\n" for i in range(20)))
        records, outcome = self.records_of("-P", "1", "--per-host", "1", jobs)
        self.assert_status(outcome, 0)
        self.assertEqual(sorted(r["body"] for r in records), sorted(f"/to/{i}" for i in range(20)))


if __name__ == "__main__":
    unittest.main()
