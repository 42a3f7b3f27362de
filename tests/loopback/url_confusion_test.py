#!/usr/bin/env python3
"""URLs that two parsers would read as two hosts: the host that is filtered is the host that is dialled, the Host field
and the server name (promise A5)."""

import unittest

from certificates import Authority
from harness import Case
from scripted_server import ScriptedServer
from tls_server import TlsServer, server_context

# What stands between "//" and the path; {good} and {evil} are hosts, {port} their port. The host is the one of the
# second column; None: no host, an error.
AUTHORITIES = [
    (r"{good}:{port}\@{evil}:{port}/", "good"),
    (r"{good}:{port}\{evil}:{port}/", "good"),
    (r"{good}:{port}#@{evil}:{port}/", "good"),
    (r"{good}:{port}?@{evil}:{port}/", "good"),
    (r"{good}:{port}/@{evil}:{port}/", "good"),
    (r"{evil}@{good}:{port}/", "good"),
    (r"{evil}:{port}@{good}:{port}/", "good"),
    (r"{evil}:{port}%5C@{good}:{port}/", "good"),
    (r"{evil}:{port}%2F@{good}:{port}/", "good"),
    (r"{evil}:{port}%23@{good}:{port}/", "good"),
    (r"a@{evil}:{port}@{good}:{port}/", "good"),
    (r"{evil}:{port};@{good}:{port}/", "good"),
    (r"{evil}:{port}&@{good}:{port}/", "good"),
    (r"//{good}:{port}/", "good"),
    (r"\\{good}:{port}/", "good"),
    ("{good}\t:{port}/", "good"),
    (r"{good}%2F.{evil}:{port}/", None),
    (r"{good}%5C.{evil}:{port}/", None),
    (r"{good}%23.{evil}:{port}/", None),
    (r"{good}%3F.{evil}:{port}/", None),
    (r"{good}%40{evil}:{port}/", None),
    (r"{good}%00.{evil}:{port}/", None),
    (r"{good}%20:{port}/", None),
    (r"{good} {evil}:{port}/", None),
    (r"{good}:{port}@/", None),
    (r"{good}:{port}:{port}/", None),
    (r"{good}:{port}%2F/", None),
    (r"[{good}]:{port}/", None),
    (r"{good}%3A{port}/", None),
]


class UrlConfusionTest(Case):
    def setUp(self):
        super().setUp()
        self.good = self.enterContext(ScriptedServer(ip="127.0.0.2"))
        self.evil = self.enterContext(ScriptedServer(ip="127.0.0.3", port=self.good.port))

    def test_one_host_is_read_dialled_and_named_in_the_host_field(self):
        good, evil, port = "127.0.0.2", "127.0.0.3", self.good.port
        rows = [row for row in AUTHORITIES if row[1] == "good"]
        jobs = "\n".join('{"url": "http://%s"}' % one.format(good=good, evil=evil, port=port).translate(JSON) for one, _ in rows)
        records, outcome = self.records_of(self.write("jobs.ndjson", jobs))
        self.assert_status(outcome, 0)
        self.assertEqual(len(records), len(rows))
        for (authority, _), one in zip(rows, records):
            with self.subTest(authority):
                self.assertEqual((one["host"], one["port"], one["remote_ip"]), (good, port, good))
        self.assertEqual({request.fields["host"] for request in self.good.requests}, {f"{good}:{port}"})
        self.assertEqual(self.evil.connections, 0)

    def test_a_host_that_is_none_reaches_nobody(self):
        good, evil, port = "good.test", "evil.test", self.good.port
        rows = [authority for authority, host in AUTHORITIES if host is None]
        jobs = "\n".join('{"url": "http://%s"}' % one.format(good=good, evil=evil, port=port).translate(JSON) for one in rows)
        outcome = self.fetch("--jsonl", "--skip-invalid", "--resolve", f"*:{port}:127.0.0.2", self.write("jobs.ndjson", jobs))
        self.assert_status(outcome, 2)
        self.assertEqual([one["error"] for one in outcome.records], ["invalid_job"] * len(rows))
        self.assertEqual(self.good.connections + self.evil.connections, 0)

    def test_a_location_is_read_as_a_url_is(self):
        def redirect(connection, request):
            connection.send("HTTP/1.1 302 Found\r\nLocation: //127.0.0.2:%d\\@127.0.0.3:%d/there\r\nContent-Length: 0\r\n\r\n"
                            % (self.good.port, self.good.port))
            return True

        self.good.pages["/"] = redirect
        [one], outcome = self.records_of(self.good.url("/"))
        self.assert_status(outcome, 0)
        self.assertEqual((one["status"], one["remote_ip"]), (200, "127.0.0.2"))
        self.assertEqual(self.evil.connections, 0)

    def test_the_server_name_is_the_host_too(self):
        authority = Authority(self.folder)
        names = []
        context = server_context(authority.issue("leaf", names="DNS:good.test"))
        context.sni_callback = lambda connection, name, context: names.append(name)
        with TlsServer(context) as server:
            pins = [*server.resolve("good.test"), "--resolve", f"evil.test:{server.port}:127.0.0.3"]
            urls = [f"https://{one}" for one in (
                f"good.test:{server.port}\\@evil.test:{server.port}/", f"evil.test:{server.port}@GOOD.test:{server.port}/",
                f"good.test:{server.port}#@evil.test:{server.port}/", f"ｇｏｏｄ.test:{server.port}/", f"good%2Etest:{server.port}/")]
            records, outcome = self.records_of("--cacert", authority.certificate, *pins, *urls)
            self.assert_status(outcome, 0)
            self.assertEqual({one["host"] for one in records}, {"good.test"})
            self.assertEqual(set(names), {"good.test"})
            self.assertEqual({request.fields["host"] for request in server.requests}, {f"good.test:{server.port}"})


JSON = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n"})

if __name__ == "__main__":
    unittest.main()
