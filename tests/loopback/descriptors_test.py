#!/usr/bin/env python3
"""Few descriptors: the run goes on with fewer transfers at once, and finishes (promise A35)."""

import unittest

from dns_server import Dnsmasq
from every_kind import EveryKind
from harness import Case, need_descriptors
from nginx import Nginx
from scripted_server import ScriptedServer, response


class DescriptorsTest(Case):
    def fetch_all(self, server, urls, *options, **more):
        records, outcome = self.records_of(*options, self.write("list.txt", "\n".join(urls)), **more)
        self.assert_status(outcome, 0)
        self.assertEqual(len(records), len(urls))
        self.assertTrue(all(record["ok"] for record in records))
        return outcome

    def test_a_list_of_200_finishes_under_every_limit_and_multiplexer(self):
        with ScriptedServer() as server:
            urls = [server.url(f"/{i}") for i in range(200)]
            for descriptors in (16, 64, 256):
                for multiplexer in ("auto", "select", "poll", "epoll"):
                    with self.subTest(descriptors=descriptors, multiplexer=multiplexer):
                        outcome = self.fetch_all(
                            server, urls, "--per-host", "200", "-P", "200", "--multiplexer", multiplexer, descriptors=descriptors)
                        self.assertLess(outcome.cpu_seconds, 5)

    def test_connections_are_used_again_and_the_limit_is_told(self):
        with ScriptedServer() as server:
            urls = [server.url(f"/{i}") for i in range(1000)]
            outcome = self.fetch_all(server, urls, "--per-host", "200", "-P", "200", descriptors=64)
            self.assertLessEqual(server.connections, 128)
            told = "the system allows 64 open descriptors (ulimit -Hn): too few for 200 transfers"
            self.assertEqual(outcome.stderr.count(told), 1)
            outcome = self.fetch_all(server, urls, "-v", "--per-host", "200", "-P", "200", descriptors=64)
            self.assertEqual(outcome.stderr.count(told), 1)
            outcome = self.fetch_all(server, urls, "--per-host", "50", "-P", "50", descriptors=64)
            self.assertNotIn("descriptors", outcome.stderr)

    def test_each_result_gets_its_file(self):
        with ScriptedServer() as server:
            urls = [server.url(f"/{i}") for i in range(200)]
            self.fetch_all(server, urls, "--per-host", "200", "-P", "200", "--output-dir", "out", descriptors=16)
            self.assertEqual(len([path for path in (self.folder / "out").rglob("*") if path.is_file()]), 200)

    def test_connections_kept_for_other_hosts_make_room(self):
        """Each host gets its own connection; those kept of the ones before are closed when none is left."""
        (self.folder / "page").write_text("page")
        with Nginx(self.folder, ip="0.0.0.0") as nginx:
            urls = [f"http://127.0.{i}.1:{nginx.port}/page" for i in range(200)]
            for descriptors in (16, 64):
                with self.subTest(descriptors=descriptors):
                    self.fetch_all(nginx, urls, descriptors=descriptors)

    def test_names_are_resolved_while_descriptors_are_short(self):
        with Dnsmasq(options=["--address=/names.test/127.0.0.1", "--local-ttl=60"]) as dns, ScriptedServer() as server:
            urls = [f"http://{i}.names.test:{server.port}/" for i in range(100)]
            for descriptors in (16, 64):
                with self.subTest(descriptors=descriptors):
                    self.fetch_all(server, urls, "-P", "100", "--dns-servers", dns.address, descriptors=descriptors)

    def test_files_are_saved_while_descriptors_are_short(self):
        with ScriptedServer({f"/{i}": response(b"x" * 200_000) for i in range(100)}) as server:
            urls = [server.url(f"/{i}") for i in range(100)]
            for descriptors in (24, 64):
                with self.subTest(descriptors=descriptors):
                    self.fetch_all(server, urls, "--per-host", "100", "--callback", "save:dir/{index}", descriptors=descriptors)

    def test_https_names_commands_files_and_a_state_with_16_descriptors(self):
        with EveryKind(self.folder) as every:
            for options in ([], ["--state", "state"]):
                with self.subTest(options=options):
                    records, outcome = self.records_of("--fail", *options, *every.options, descriptors=16)
                    self.assert_status(outcome, 4)
                    self.assertEqual(every.found(records), list(every.expected))
                    self.assertLess(outcome.cpu_seconds, 2)

    def test_select_says_what_it_cannot_watch(self):
        """More transfers than select has room for: a limit like any other, the run goes on with fewer."""
        need_descriptors(4096)
        with ScriptedServer() as server:
            urls = [server.url(f"/{i}") for i in range(1500)]
            self.fetch_all(server, urls, "--multiplexer", "select", "-P", "1200", "--per-host", "1200", descriptors=4096)


if __name__ == "__main__":
    unittest.main()
