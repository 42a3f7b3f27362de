#!/usr/bin/env python3
"""HTTP/2 with servers that people run, nginx and nghttpd, and through a proxy: the servers' own logs say what was used."""

import json
import subprocess
import threading
import unittest
import urllib.parse
from pathlib import Path

from certified_case import CertifiedCase
from nghttpd import Nghttpd
from nginx import Nginx
from proxies import Tinyproxy
from scripted_server import response
from tls_server import TlsServer, server_context

TREE = Path("/usr/share/doc/harden-doc/html")
MULTIPLEXERS = ("select", "poll", "epoll", "auto")


class Http2Case(CertifiedCase):
    def setUp(self):
        super().setUp()
        self.root = self.folder / "root"
        self.root.mkdir()

    def nginx(self, root=None, server="", http2=True):
        return self.enterContext(Nginx(root or self.root, server, certificate=self.certificate, http2=http2))

    def nghttpd(self, *options, root=None, certificate=None):
        return self.enterContext(Nghttpd(root or self.root, *options, certificate=certificate))

    def run_jobs(self, jobs, *options, status=0, **more):
        """The records in the list's order."""
        jobs = self.write("jobs.json", json.dumps(jobs))
        records, outcome = self.records_of("--cacert", self.ca.certificate, *options, jobs, **more)
        self.assert_status(outcome, status)
        return records

    def assert_version(self, records, version):
        self.assertEqual({record["http_version"] for record in records}, {version})


class PagesTest(Http2Case):
    """Real pages, byte for byte, on one connection."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pages = sorted(page for page in TREE.rglob("*.html") if page.is_file())
        assert len(cls.pages) > 400, f"too few pages below {TREE}: tools/setup installs them"

    def check_pages(self, origin, *options):
        jobs = [{"url": f"{origin}/{urllib.parse.quote(str(page.relative_to(TREE)))}", "callback": "raw"} for page in self.pages]
        records = self.run_jobs(jobs, *options)
        for page, record in zip(self.pages, records, strict=True):
            self.assertEqual(record["body"], page.read_bytes().decode(), page)
        self.assert_version(records, "2")
        self.assertEqual(sum(record["num_connects"] > 0 for record in records[8:]), 0)
        return records

    def test_from_nginx_under_each_multiplexer(self):
        for multiplexer in MULTIPLEXERS:
            with self.subTest(multiplexer):
                nginx = self.nginx(TREE)
                self.check_pages(nginx.origin, "--multiplexer", multiplexer)
                log = nginx.requests(len(self.pages))
                self.assertEqual(len(log), len(self.pages))
                self.assertEqual({words[4] for words in log}, {"HTTP/2.0"})
                self.assertEqual(len({words[0] for words in log}), 1, "one connection takes all")

    def check_nghttpd(self, *options, certificate=None, flags=()):
        server = self.nghttpd(*options, root=TREE, certificate=certificate)
        self.check_pages(server.origin, *flags)
        server.stop()
        self.assertEqual(len({connection for connection, _ in server.streams()}), 1, "one connection takes all")

    def test_from_nghttpd_within_tls(self):
        self.check_nghttpd(certificate=self.certificate)

    def test_from_nghttpd_in_clear_text(self):
        self.check_nghttpd(flags=["--http2-prior-knowledge"])

    def test_from_nghttpd_that_pads_its_frames_and_sends_trailers(self):
        self.check_nghttpd("--padding=200", "--trailer=x: y", flags=["--http2-prior-knowledge"])

    def test_from_nghttpd_that_takes_three_streams_at_once(self):
        self.check_nghttpd("--max-concurrent-streams=3", flags=["--http2-prior-knowledge", "--per-host", 50])

    def test_from_nghttpd_with_small_tables(self):
        self.check_nghttpd("--header-table-size=0", "--encoder-header-table-size=0", flags=["--http2-prior-knowledge"])


class ExchangesTest(Http2Case):
    def test_responses_without_body(self):
        (self.root / "page").write_text("x" * 1000)
        nginx = self.nginx(server="location /204 { return 204; } if_modified_since before;")
        records = self.run_jobs([
            {"url": f"{nginx.origin}/page", "method": "HEAD"},
            {"url": f"{nginx.origin}/204"},
            {"url": f"{nginx.origin}/page", "headers": {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}},
            {"url": f"{nginx.origin}/page"},
            {"url": f"{nginx.origin}/missing", "method": "HEAD"}])
        self.assertEqual([(record["status"], record["size_download"]) for record in records],
                         [(200, 0), (204, 0), (304, 0), (200, 1000), (404, 0)])
        self.assertEqual(records[0]["headers"]["content-length"], ["1000"])
        self.assert_version(records, "2")

    def test_bodies_that_are_larger_than_the_windows(self):
        posted = "".join(f"{i:07}\n" for i in range(200_000))  # 1.6 MB
        for window in (30, 16, 8):  # bits
            with self.subTest(window=window):
                body = posted if window > 8 else posted[:20_000]
                (self.folder / "posted").write_text(body)
                windows = f"--window-bits={window}", f"--connection-window-bits={max(window, 16)}"
                server = self.nghttpd(*windows, certificate=self.certificate)
                jobs = [{"url": f"{server.origin}/", "method": method, **given, "callback": "raw"}
                        for method in ("POST", "PUT") for given in ({"body": body}, {"body_file": "posted"})]
                records = self.run_jobs(jobs)
                for record in records:
                    self.assertTrue(record["body"] == body)
                self.assert_version(records, "2")

    def test_a_body_that_nobody_wants(self):
        nginx = self.nginx(server="""
            location /refused { client_max_body_size 10m; return 403; }
            location /large { client_max_body_size 1k; }""")
        post = {"method": "POST", "body": "x" * 2_000_000}
        records = self.run_jobs([{"url": f"{nginx.origin}{path}", **post} for path in ("/refused", "/large")])
        self.assertEqual([record["status"] for record in records], [403, 413])

    def test_large_bodies(self):
        lines = (100_000, 1_000_000, 100_000)  # 1, 12 and 1 MB
        bodies = [b"".join(b"%03d%09d" % (page, i) for i in range(lines[page])) for page in range(3)]
        for page, body in enumerate(bodies):
            (self.root / f"{page}").write_bytes(body)
        for server in (self.nginx(), self.nghttpd(certificate=self.certificate)):
            urls = (f"{server.origin}/{i}" for i in range(3))
            outcome = self.fetch("--cacert", self.ca.certificate, "--ordered", "--callback", "raw", *urls)
            self.assert_status(outcome, 0)
            self.assertTrue(outcome.stdout == b"".join(bodies))

    def test_content_codings(self):
        page = next(TREE.rglob("*.html")).read_bytes()
        coders = {"gzip": ["gzip", "-c"], "br": ["brotli", "-c"], "zstd": ["zstd", "-c", "-q"]}
        for coding, coder in coders.items():
            (self.root / coding).write_bytes(subprocess.run(coder, input=page, capture_output=True, check=True).stdout)
        nginx = self.nginx(server="".join(f"location /{coding} {{ add_header Content-Encoding {coding}; }}" for coding in coders))
        records = self.run_jobs([{"url": f"{nginx.origin}/{coding}", "callback": "raw"} for coding in coders])
        for record in records:
            self.assertEqual(record["body"], page.decode())
        self.assert_version(records, "2")

    def test_through_a_proxy(self):
        (self.root / "page").write_text("hello")
        nginx = self.nginx()
        with Tinyproxy() as proxy:
            records = self.run_jobs([{"url": f"{nginx.origin}/page"}] * 20, "-x", proxy.url())
            self.assertIn("CONNECT", proxy.log)
        self.assertEqual({record["body"] for record in records}, {"hello"})
        self.assert_version(records, "2")
        self.assertEqual(len({words[0] for words in nginx.requests(20)}), 1)


class VersionsTest(Http2Case):
    """Which version is spoken: what TLS agrees on, unless the user knows better."""

    def setUp(self):
        super().setUp()
        (self.root / "page").write_text("hello")

    def versions(self, origin, *options):
        records = self.run_jobs([{"url": f"{origin}/page"}] * 4, *options)
        self.assertEqual({record["body"] for record in records}, {"hello"})
        return {record["http_version"] for record in records}

    def test_with_a_server_that_has_both(self):
        nginx = self.nginx()
        for options, version in (([], "2"), (["--http2"], "2"), (["--http2-prior-knowledge"], "2"), (["--http1.1"], "1.1")):
            with self.subTest(options=options):
                self.assertEqual(self.versions(nginx.origin, *options), {version})

    def test_with_a_server_that_has_1_1_only(self):
        nginx = self.nginx(http2=False)
        for options in ([], ["--http2"], ["--http1.1"]):
            with self.subTest(options=options):
                self.assertEqual(self.versions(nginx.origin, *options), {"1.1"})

    def test_in_clear_text(self):
        server = self.nghttpd()
        self.assertEqual(self.versions(server.origin, "--http2-prior-knowledge"), {"2"})
        with Nginx(self.root) as nginx:
            for options in ([], ["--http2"], ["--http1.1"]):
                self.assertEqual(self.versions(nginx.origin, *options), {"1.1"})

    def test_a_pace_for_each_response_needs_a_connection_for_each(self):
        nginx = self.nginx()
        self.assertEqual(self.versions(nginx.origin, "--limit-rate", "1M"), {"1.1"})

    def test_a_server_without_http2_gets_as_many_connections_as_ever(self):
        """All of them are asked before the first is answered."""
        for alpn in (["http/1.1"], []):
            with self.subTest(alpn=alpn):
                together = threading.Barrier(8, timeout=10)

                def answer(connection, request):
                    together.wait()
                    connection.send(response(b"hello"))
                    return True

                context = server_context(self.certificate)
                if alpn:
                    context.set_alpn_protocols(alpn)
                with TlsServer(context, {f"/{i}": answer for i in range(16)}) as server:
                    records = self.run_jobs([{"url": server.url(f"/{i}")} for i in range(16)], "--per-host", 8)
                    self.assertEqual(server.connections, 8)
                self.assert_version(records, "1.1")

    def test_what_is_known_before_and_wrong_is_an_error_that_says_so(self):
        tls = self.nginx(http2=False)
        with Nginx(self.root) as plain:
            for server in (plain, tls):
                with self.subTest(server.origin):
                    status = 5 if server is tls else 7
                    [record] = self.run_jobs([{"url": f"{server.origin}/page"}], "--http2-prior-knowledge", status=status)
                    self.assertFalse(record["ok"])
                    self.assertIn("HTTP/2", record["error_detail"])


if __name__ == "__main__":
    unittest.main()
