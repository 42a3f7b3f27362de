#!/usr/bin/env python3
"""Large pages that arrive at once share a bounded memory (promise A43): they come to their end one after the other, and small ones
are not held up."""

import unittest

from certificates import Authority
from harness import Case
from nginx import Nginx
from scripted_server import ScriptedServer, response

MIB = 1024 * 1024
LARGE = 30 * MIB
AT_ONCE = 24  # 720 MiB in all
# 128 MiB for all, 24 shares of 5.3 MiB at most beyond, the page that comes first, its record, and strings that double as they grow: 300
# to 350 in all. Without a bound it is up to 740.
MOST_KIB = 500 * 1024


PAGE = memoryview(response(bytes(40 * MIB)))


def slow_end(connection, request):
    """The last MB takes two seconds."""
    connection.send(PAGE[:-1_000_000])
    for _ in range(10):
        if connection.wait_until_gone(0.2):
            return False
        connection.send(bytes(100_000))
    return True


def no_end(connection, request):
    connection.send(PAGE[:-1])
    connection.stall()


class BodyMemoryTest(Case):
    def setUp(self):
        super().setUp()
        self.pages = self.folder / "pages"
        self.pages.mkdir()
        with open(self.pages / "large", "wb") as page:
            page.truncate(LARGE)

    def fetch_list(self, urls, *options, limit="256M"):
        jobs = self.write("jobs.txt", "".join(url + "\n" for url in urls))
        return self.records_of(jobs, "--max-body-memory", limit, "--callback", "raw", "--body", "none", "-P", AT_ONCE, "--per-host", AT_ONCE,
                               *options)

    def check_large_pages(self, origin, *options):
        records, outcome = self.fetch_list([f"{origin}/large?{i}" for i in range(AT_ONCE)], *options, limit="128M")
        self.assert_status(outcome, 0)
        self.assertEqual([record["size_body"] for record in records], [LARGE] * AT_ONCE)
        self.assertLess(outcome.max_rss_kib, MOST_KIB)

    def test_large_pages(self):
        with Nginx(self.pages) as nginx:
            self.check_large_pages(nginx.origin)

    def test_with_tls_and_http2(self):
        authority = Authority(self.folder)
        certificate = authority.issue("server", names="IP:127.0.0.1")
        with Nginx(self.pages, certificate=certificate, http2=True) as nginx:
            self.check_large_pages(nginx.origin, "--cacert", authority.certificate, "--http1.1")
            self.check_large_pages(nginx.origin, "--cacert", authority.certificate)

    def test_waiting_for_room_is_not_too_slow(self):
        """The first six fill the memory for two seconds, in which nothing is read of the other four. The small pages come meanwhile."""
        (self.pages / "small").write_text("small")
        server = self.enterContext(ScriptedServer({f"/{i}": slow_end for i in range(10)}))
        nginx = self.enterContext(Nginx(self.pages))
        urls = [*(server.url(f"/{i}") for i in range(10)), *(f"{nginx.origin}/small?{i}" for i in range(50))]
        records, outcome = self.fetch_list(urls, "--speed-limit", "20k", "--speed-time", "1s")
        self.assert_status(outcome, 0)
        large, small = ([record["time_total"] for record in part] for part in (records[:10], records[10:]))
        self.assertLess(max(small), min(large))

    def test_pages_without_end(self):
        """Those that hold the memory give way, and end with their own time; so do those that waited."""
        server = self.enterContext(ScriptedServer({f"/{i}": no_end for i in range(10)}))
        records, _ = self.fetch_list([server.url(f"/{i}") for i in range(12)], "-m", "2")
        self.assertEqual([record.get("error") for record in records], ["timeout"] * 10 + [None] * 2)


if __name__ == "__main__":
    unittest.main()
