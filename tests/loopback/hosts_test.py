#!/usr/bin/env python3
"""2,000 distinct hosts at once, under each multiplexer."""

import tempfile
import unittest
from pathlib import Path

from dns_server import Dnsmasq
from harness import Case
from nginx import Nginx

COUNT = 2000


class HostsTest(Case):
    @classmethod
    def setUpClass(cls):
        root = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="nbcrawl-pages-"))
        (Path(root) / "page.html").write_text("<p>hello</p>")
        cls.nginx = cls.enterClassContext(Nginx(root, ip="0.0.0.0"))

    def check(self, hosts, *options):
        urls = [f"http://{host}:{self.nginx.port}/page.html" for host in hosts]
        jobs = self.write("list.txt", "\n".join(urls))
        for multiplexer in ("auto", "select", "poll", "epoll"):
            with self.subTest(multiplexer):
                before = len(self.nginx.requests())
                outcome = self.fetch("--jsonl", "--fields", "ok,url,status,num_connects", "-P", 256, "--multiplexer", multiplexer, *options, jobs)
                self.assert_status(outcome, 0)
                self.assertEqual(sorted(record["url"] for record in outcome.records), sorted(urls))
                self.assertTrue(all(record["status"] == 200 and record["num_connects"] == 1 for record in outcome.records))
                asked = [words[5] for words in self.nginx.requests(before + COUNT)[before:]]
                self.assertEqual(sorted(asked), sorted(f"{host}:{self.nginx.port}" for host in hosts))

    def test_addresses(self):
        self.check([f"127.{1 + i // 250}.{i % 250}.1" for i in range(COUNT)])

    def test_names(self):
        with Dnsmasq(options=["--address=/hosts.test/127.0.0.1", "--local-ttl=60", "--dns-forward-max=5000"]) as dns:
            self.check([f"h{i}.hosts.test" for i in range(COUNT)], "--dns-servers", dns.address)


if __name__ == "__main__":
    unittest.main()
