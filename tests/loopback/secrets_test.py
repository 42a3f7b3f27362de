#!/usr/bin/env python3
"""Which origins see what may be secret (promise A1), and that nobody else does (A24): the origin × credential matrix."""

import base64
import json
import unittest

from certified_case import CertifiedCase
from scripted_server import ScriptedServer, response
from tls_server import TlsServer, server_context

NAMES = ("home.test", "sub.home.test", "other.test", "home.test.")


def basic(text):
    return "Basic " + base64.b64encode(text.encode()).decode()


def redirect(location):
    def serve(connection, request):
        connection.send(response(b"moved", f"Location: {location}", status="307 Moved"))
        return True

    return serve


class SecretsCase(CertifiedCase):
    names = ",".join(f"DNS:{name}" for name in NAMES[:3])

    def setUp(self):
        super().setUp()
        self.http = self.enterContext(ScriptedServer())
        self.http2 = self.enterContext(ScriptedServer())
        self.https = self.enterContext(TlsServer(server_context(self.certificate)))
        self.ports = {"http": self.http.port, "http2": self.http2.port, "https": self.https.port}

    def url(self, server, host, path, userinfo=""):
        return f"{server[:5].rstrip('2')}://{userinfo}{host}:{self.ports[server]}{path}"

    def resolve(self):
        return [word for name in NAMES for port in self.ports.values() for word in ("--resolve", f"{name}:{port}:127.0.0.1")]

    def requests(self):
        return self.http.requests + self.http2.requests + self.https.requests

    def fetch_job(self, url, options=(), **job):
        for server in (self.http, self.http2, self.https):
            server.requests.clear()
        jobs = self.write("jobs.json", json.dumps([{"url": url, **job}]))
        records, outcome = self.records_of("--cacert", self.ca.certificate, "-v", *self.resolve(), *options, jobs)
        self.assert_status(outcome, 0)
        return records[0], outcome


class MatrixTest(SecretsCase):
    HOME = ("http", "home.test")

    # Where a redirect leads from http://home.test, and whether that is the same origin: scheme, host and port.
    TARGETS = [
        ("/end", True),
        ("{http}home.test{:http}/end", True),
        ("{http}HOME.Test{:http}/end", True),
        ("//home.test{:http}/end", True),
        ("{http}home.test{:http2}/end", False),
        ("{http}sub.home.test{:http}/end", False),
        ("{http}other.test{:http}/end", False),
        ("{http}home.test.{:http}/end", False),
        ("{http}127.0.0.1{:http}/end", False),
        ("{https}home.test{:https}/end", False),
    ]

    # How a secret is given: options, the job's fields, user name and password in its URL; the field that carries it.
    CREDENTIALS = [
        ([], {"headers": {"Authorization": "Bearer S3cret"}}, "", ("authorization", "Bearer S3cret")),
        ([], {"headers": {"Cookie": "sid=S3cret"}}, "", ("cookie", "sid=S3cret")),
        ([], {"headers": {"X-Api-Key": "S3cret"}}, "", ("x-api-key", "S3cret")),
        (["-H", "Authorization: Bearer S3cret"], {}, "", ("authorization", "Bearer S3cret")),
        (["-H", "Cookie: sid=S3cret"], {}, "", ("cookie", "sid=S3cret")),
        (["-H", "X-Api-Key: S3cret"], {}, "", ("x-api-key", "S3cret")),
        (["-u", "me:S3cret"], {}, "", ("authorization", basic("me:S3cret"))),
        ([], {}, "me:S3cret@", ("authorization", basic("me:S3cret"))),
    ]

    def location(self, target):
        target = target.replace("{http}", "http://").replace("{https}", "https://")
        for name, port in self.ports.items():
            target = target.replace("{:" + name + "}", f":{port}")
        return target

    def last(self, path):
        return next(request for request in self.requests() if request.path == path)

    def test_a_redirect_takes_secrets_to_the_same_origin_only(self):
        for target, same in self.TARGETS:
            for options, job, userinfo, (field, value) in self.CREDENTIALS:
                with self.subTest(target=target, field=field, options=options, userinfo=userinfo):
                    self.http.pages["/"] = redirect(self.location(target))
                    record, outcome = self.fetch_job(self.url(*self.HOME, "/", userinfo), options, **job)
                    self.assertEqual(self.last("/").fields.get(field), value)
                    self.assertEqual(self.last("/end").fields.get(field), value if same else None)
                    self.assert_hidden("S3cret", outcome)

    def test_secrets_given_to_https_never_go_to_http(self):
        self.https.pages["/"] = redirect(self.url("http", "home.test", "/end"))
        for options, job, userinfo, (field, value) in self.CREDENTIALS:
            with self.subTest(field=field, options=options, userinfo=userinfo):
                self.fetch_job(self.url("https", "home.test", "/", userinfo), options, **job)
                self.assertEqual(self.last("/").fields.get(field), value)
                self.assertNotIn(field, self.last("/end").fields)

    def test_once_abroad_nothing_comes_home_either(self):
        self.http.pages["/"] = redirect(self.url("http2", "home.test", "/away"))
        self.http2.pages["/away"] = redirect(self.url("http", "home.test", "/end"))
        for options, job, userinfo, (field, value) in self.CREDENTIALS:
            with self.subTest(field=field, options=options, userinfo=userinfo):
                self.fetch_job(self.url("http", "home.test", "/", userinfo), options, **job)
                self.assertEqual(self.last("/").fields.get(field), value)
                self.assertNotIn(field, self.last("/end").fields)

    def assert_hidden(self, secret, outcome):
        """In no log, record or message: not as it is, nor in base64."""
        said = outcome.text + outcome.stderr
        for form in (secret, base64.b64encode(f"me:{secret}".encode()).decode(), "me:"):
            self.assertNotIn(form, said)


class BasicTest(SecretsCase):
    def authorization(self, url=None, options=(), **job):
        self.fetch_job(url or self.url("http", "home.test", "/"), options, **job)
        return self.requests()[-1].fields.get("authorization")

    def test_userinfo_is_decoded_and_u_is_taken_as_it_is(self):
        for userinfo, sent in [("me:pw@", "me:pw"), ("me@", "me:"), (":pw@", ":pw"), ("m%40e:p%3Aw%2F%25@", "m@e:p:w/%"),
                               ("%C3%A9:%E2%82%AC@", "é:€")]:
            self.assertEqual(self.authorization(self.url("http", "home.test", "/", userinfo)), basic(sent))
        for given in ("me:pw", "me:", "me:p:w", "é:€", "me:%41"):
            self.assertEqual(self.authorization(options=["-u", given]), basic(given))

    def test_what_the_job_says_wins_over_the_run(self):
        with_userinfo = self.url("http", "home.test", "/", "url:1@")
        own = {"headers": {"Authorization": "Own"}}
        run = ["-H", "Authorization: Run"]
        flag = ["-u", "flag:1"]
        for url, options, job, sent in [(with_userinfo, run + flag, own, "Own"), (with_userinfo, run + flag, {}, basic("url:1")),
                                        (None, run + flag, {}, "Run"), (None, flag, {}, basic("flag:1")),
                                        (None, flag, {"headers": {"authorization": []}}, basic("flag:1")),
                                        (None, flag, {"headers": {"authorization": ""}}, None),
                                        (with_userinfo, [], {"headers": {"authorization": ""}}, None)]:
            with self.subTest(options=options, job=job, url=url):
                self.assertEqual(self.authorization(url, options, **job), sent)

    def test_userinfo_in_a_location_is_for_the_server_it_names(self):
        for location, sent in [(self.url("http", "home.test", "/end", "new:1@"), basic("new:1")),
                               (self.url("http2", "home.test", "/end", "new:1@"), basic("new:1")), ("/end", basic("old:1"))]:
            with self.subTest(location=location):
                self.http.pages["/"] = redirect(location)
                record, outcome = self.fetch_job(self.url("http", "home.test", "/", "old:1@"))
                self.assertEqual(self.requests()[-1].path, "/end")
                self.assertEqual(self.requests()[-1].fields.get("authorization"), sent)
                self.assertNotIn("new:1", outcome.text + outcome.stderr)

    def test_a_failure_does_not_tell_them(self):
        jobs = self.write("jobs.json", json.dumps([{"url": "http://me:S3cret@127.0.0.1:1/"}, {"url": "http://me:S3cret@[::bad/"}]))
        outcome = self.fetch("--skip-invalid", "--jsonl", "-v", "-u", "x:S3cret", jobs)
        self.assertEqual(outcome.status, 2)
        self.assertNotIn("S3cret", outcome.text + outcome.stderr)
        outcome = self.fetch("-u", "S3cret", "http://127.0.0.1:1/")
        self.assert_status(outcome, 2)
        self.assertNotIn("S3cret", outcome.stderr)
        self.assertIn("--user", outcome.stderr)

    def test_saved_files_are_not_named_after_them(self):
        self.fetch("--callback", "save", "--output-dir", "out", *self.resolve(), self.url("http", "home.test", "/page", "me:S3cret@"))
        self.assertEqual([path.name for path in (self.folder / "out").rglob("*") if path.is_file()], ["page#"])


class RequestOptionsTest(SecretsCase):
    def sent(self, *options, **job):
        self.fetch_job(self.url("http", "home.test", "/"), options, **job)
        request = self.requests()[-1]
        return request.method, request.body, request.fields.get("content-type")

    FORM = "application/x-www-form-urlencoded"

    def test_d_is_curls(self):
        self.write("data.txt", "a=1\r\nb=\0" + "2\n")
        for options, sent in [(["-d", "a=1"], ("POST", b"a=1", self.FORM)), (["-d", "a=1", "-d", "b=2"], ("POST", b"a=1&b=2", self.FORM)),
                              (["-d", "@data.txt"], ("POST", b"a=1b=2", self.FORM)),
                              (["-d", "x", "-d", "@data.txt"], ("POST", b"x&a=1b=2", self.FORM)),
                              (["-d", ""], ("POST", b"", self.FORM)), (["-X", "PUT", "-d", "x"], ("PUT", b"x", self.FORM)),
                              (["-d", "{}", "-H", "Content-Type: application/json"], ("POST", b"{}", "application/json")),
                              (["-d", "{}", "-H", "content-type:"], ("POST", b"{}", None)), (["-X", "DELETE"], ("DELETE", b"", None))]:
            with self.subTest(options=options):
                self.assertEqual(self.sent(*options), sent)

    def test_a_jobs_own_fields_win(self):
        data = ["-X", "PUT", "-d", "run"]
        for options, job, sent in [(data, {"method": "GET"}, ("GET", b"run", self.FORM)), (data, {"body": "own"}, ("PUT", b"own", None)),
                                   (["-d", "run"], {"body": "own"}, ("POST", b"own", None)),
                                   (data, {"method": "PATCH", "body": ""}, ("PATCH", b"", None)),
                                   (data, {"headers": {"Content-Type": "text/x"}}, ("PUT", b"run", "text/x"))]:
            with self.subTest(options=options, job=job):
                self.assertEqual(self.sent(*options, **job), sent)

    def test_a_body_that_a_redirect_drops_takes_its_fields_along(self):
        for status, method, body, kind in [(302, "GET", b"", None), (307, "POST", b"x", self.FORM)]:
            for end in (self.url("http", "home.test", "/end"), self.url("http2", "home.test", "/end")):
                with self.subTest(status=status, end=end):
                    self.http.pages["/"] = lambda connection, request: connection.send(
                        response(b"", f"Location: {end}", status=f"{status} Moved")) or True
                    self.assertEqual(self.sent("-d", "x"), (method, body, kind))

    def test_a_post_is_not_sent_twice_and_records_tell_the_method(self):
        self.http.pages["/"] = response(b"busy", "Connection: close", status="503 Busy")
        records, _ = self.records_of("-d", "x", self.http.url("/"), retry=3)
        self.assertEqual((records[0]["method"], records[0]["num_retries"], len(self.requests())), ("POST", 0, 1))

    def test_what_cannot_be_sent_is_told_before_anything_is(self):
        (self.folder / "folder").mkdir()
        self.write("big", b"x" * (8 * 1024 * 1024 + 1))
        for options, said in [(["-d", "@none"], "none: No such file or directory"), (["-d", "@folder"], "folder: Is a directory"),
                              (["-d", "@big"], "big: more than"), (["-d", "@-", "-"], "standard input"), (["-X", "GE T"], "GE T"),
                              (["-X", "CONNECT"], "CONNECT"), (["-X", "GET\r\nA: b"], "--request")]:
            with self.subTest(options=options):
                outcome = self.fetch(*options, self.http.url("/"))
                self.assert_status(outcome, 2)
                self.assertIn(said, outcome.stderr)
        self.assertEqual(self.http.requests, [])

    def test_d_reads_standard_input(self):
        self.assert_status(self.fetch("-d", "@-", self.http.url("/"), input="a=1\n"), 0)
        self.assertEqual(self.http.requests[-1].body, b"a=1")


if __name__ == "__main__":
    unittest.main()
