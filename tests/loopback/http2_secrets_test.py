#!/usr/bin/env python3
"""Over HTTP/2, as over HTTP/1.1 (secrets_test.py, cookies_test.py): what may be secret stays with its origin (promises A1,
A8, A24)."""

import json
import unittest

from certified_case import CertifiedCase
from http2_peer import Http2Server
from secrets_test import basic

NAMES = ("home.test", "sub.home.test", "other.test")


def answer_with(*fields):
    def script(connection, request):
        connection.respond(request, b"", *fields)
        return True

    return script


class Http2SecretsTest(CertifiedCase):
    names = ",".join(f"DNS:{name}" for name in NAMES)

    def setUp(self):
        super().setUp()
        self.servers = [self.enterContext(Http2Server(certificate=self.certificate)) for _ in range(2)]

    def url(self, host, path, server=0, userinfo=""):
        return f"https://{userinfo}{host}:{self.servers[server].port}{path}"

    def run_job(self, url, *options, **job):
        """What each request carried, by its path; and the run's outcome."""
        for server in self.servers:
            server.requests.clear()
        jobs = self.write("jobs.json", json.dumps(job.get("list") or [{"url": url, **job}]))
        resolve = [word for name in NAMES for server in self.servers for word in ("--resolve", f"{name}:{server.port}:127.0.0.1")]
        records, outcome = self.records_of("-v", "-P", 1, "--cacert", self.ca.certificate, *resolve, *options, jobs)
        self.assert_status(outcome, 0)
        self.assertEqual({record["http_version"] for record in records}, {"2"})
        return {request.path: request.fields for server in self.servers for request in server.requests}, outcome

    def test_a_redirect_takes_secrets_to_the_same_origin_only(self):
        credentials = [
            ([], {"headers": {"Authorization": "Bearer S3cret"}}, "", ("authorization", "Bearer S3cret")),
            ([], {"headers": {"X-Api-Key": "S3cret"}}, "", ("x-api-key", "S3cret")),
            (["-H", "Cookie: sid=S3cret"], {}, "", ("cookie", "sid=S3cret")),
            (["-u", "me:S3cret"], {}, "", ("authorization", basic("me:S3cret"))),
            ([], {}, "me:S3cret@", ("authorization", basic("me:S3cret"))),
        ]
        targets = [("/end", True), (self.url("home.test", "/end"), True), (self.url("HOME.Test", "/end"), True),
                   (self.url("home.test", "/end", server=1), False), (self.url("sub.home.test", "/end"), False),
                   (self.url("other.test", "/end", server=1), False)]
        for target, same in targets:
            self.servers[0].pages["/"] = answer_with((":status", "307"), ("location", target))
            for options, job, userinfo, (field, value) in credentials:
                with self.subTest(target=target, field=field, options=options, userinfo=userinfo):
                    carried, outcome = self.run_job(self.url("home.test", "/", userinfo=userinfo), *options, **job)
                    self.assertEqual(carried["/"].get(field), value)
                    self.assertEqual(carried["/end"].get(field), value if same else None)
                    for said in (outcome.stderr, outcome.text):
                        self.assertNotIn("S3cret", said)

    def test_cookies_are_kept_for_whom_they_are(self):
        self.servers[0].pages["/set"] = answer_with(
            ("set-cookie", "a=1; Secure"), ("set-cookie", "b=2; Domain=home.test"), ("set-cookie", "c=3; Path=/elsewhere"))
        carried, _ = self.run_job(None, "-b", "", list=[{"url": url} for url in (
            self.url("home.test", "/set"), self.url("home.test", "/same"), self.url("sub.home.test", "/sub"),
            self.url("other.test", "/other"))])
        self.assertEqual({path: fields.get("cookie") for path, fields in carried.items()},
                         {"/set": None, "/same": "a=1; b=2", "/sub": "b=2", "/other": None})

    def test_each_name_and_each_way_to_trust_has_its_own_connection(self):
        """Although one server has all names, and its certificate too (A8)."""
        server = self.servers[0]
        jobs = [{"url": self.url(name, f"/{name}/{i}")} for name in NAMES for i in range(3)]
        jobs += [{"url": self.url(NAMES[0], f"/insecure/{i}"), "insecure": True} for i in range(3)]
        self.run_job(None, list=jobs)
        groups = {request.path.rpartition("/")[0]: set() for request in server.requests}
        for request in server.requests:
            groups[request.path.rpartition("/")[0]].add(request.connection)
        self.assertEqual(len(set.union(*groups.values())), len(NAMES) + 1)
        self.assertTrue(all(len(connections) == 1 for connections in groups.values()), groups)

    def test_what_a_request_says_of_itself(self):
        carried, _ = self.run_job(self.url("home.test", "/page?q"), "-H", "X-Mixed: y", "-H", "Connection: close", "-H", "TE: gzip",
                                  "-H", "Host: front.test", "-A", "me/1")
        fields = carried["/page?q"]
        self.assertEqual({name: fields.get(name) for name in (":method", ":scheme", ":authority", "x-mixed", "user-agent")},
                         {":method": "GET", ":scheme": "https", ":authority": "front.test", "x-mixed": "y", "user-agent": "me/1"})
        # RFC 9113 section 8.2.2
        self.assertFalse({"connection", "te", "host", "transfer-encoding", "keep-alive", "upgrade"} & set(fields))


if __name__ == "__main__":
    unittest.main()
