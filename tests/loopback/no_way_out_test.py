#!/usr/bin/env python3
"""Connections that can't be made: no local port is left, nobody listens, there is no route (promise A35)."""

import contextlib
import json
import socket
import threading
import unittest

from harness import PIPE, Case
from namespaces import allow_ipv6, allow_ports, own_network
from readable import wait_readable
from scripted_server import ScriptedServer, response

PORTS = 16


class PortsTest(Case):
    def setUp(self):
        super().setUp()
        self.server = self.enterContext(ScriptedServer())  # its own port is none of those
        self.allow_new_ports()
        self.addCleanup(allow_ports, 32_768, 60_999)

    first_port = 10_000

    def allow_new_ports(self):
        """Others than before: those are not free at once when their connections are closed."""
        PortsTest.first_port += 100
        allow_ports(self.first_port, self.first_port + PORTS - 1)

    def fetch_many(self, *options, **more):
        urls = self.write("list.txt", "".join(self.server.url(f"/{i}") + "\n" for i in range(200)))
        return self.records_of("-P", "64", "--per-host", "64", *options, urls, **more)

    def test_transfers_wait_for_the_ports_of_others(self):
        for multiplexer in ("select", "poll", "epoll"):
            with self.subTest(multiplexer):
                self.allow_new_ports()
                records, outcome = self.fetch_many("--multiplexer", multiplexer)
                self.assert_status(outcome, 0)
                self.assertEqual(len(records), 200)
                self.assertLess(outcome.cpu_seconds, 1)
        self.assertLessEqual(self.server.connections, 3 * PORTS)

    def test_to_wait_for_a_port_is_no_retry(self):
        for threads in (1, 2):
            with self.subTest(threads):
                self.allow_new_ports()
                records, outcome = self.fetch_many("--threads", threads, retry=2)
                self.assert_status(outcome, 0)
                self.assertEqual({record["num_retries"] for record in records}, {0})

    def test_other_hosts_are_not_held_up(self):
        """A port is taken for one address and port of a server: to another one it is free."""
        with ScriptedServer(ip="127.0.0.2", port=self.server.port) as other:
            self.write("other.txt", "".join(other.url(f"/{i}") + "\n" for i in range(200)))
            records, outcome = self.fetch_many("other.txt")
            self.assert_status(outcome, 0)
            self.assertEqual(len(records), 400)

    def test_without_any_port_the_jobs_fail_and_the_run_ends(self):
        taken = [self.enterContext(socket.socket()) for _ in range(PORTS)]
        for number, each in enumerate(taken):
            each.bind(("0.0.0.0", self.first_port + number))
        records, outcome = self.fetch_many()
        self.assert_status(outcome, 4)
        self.assertEqual({record["error"] for record in records}, {"connect_failed"})
        self.assertIn(f"can't connect to 127.0.0.1:{self.server.port}: Cannot assign requested address", outcome.stderr)
        self.assertEqual(len(records), 200)
        self.assertLess(outcome.cpu_seconds, 1)


    def test_nobody_waits_for_the_port_of_another_server(self):
        answered = threading.Event()
        self.addCleanup(answered.set)

        def late(connection, request):
            answered.wait(20)
            connection.send(response(b"late"))
            return True

        with ScriptedServer({"/late": late}, ip="127.0.0.2") as other:
            command = self.start_fetch("--jsonl", "-", stdin=PIPE, read_stdout=False)
            jobs = command.process.stdin
            jobs.write(other.url("/late\n").encode())
            jobs.flush()
            other.wait_for(lambda: other.requests)
            with contextlib.suppress(OSError):  # until each port has its connection to this server
                while True:
                    self.enterContext(socket.create_connection(("127.0.0.1", self.server.port)))
            jobs.write(self.server.url("/\n").encode())
            jobs.close()
            self.assertTrue(wait_readable(command.process.stdout, seconds=10), "it waits")
            self.assertEqual(json.loads(command.process.stdout.readline())["error"], "connect_failed")
            answered.set()
            self.assertTrue(json.loads(command.process.stdout.readline())["ok"])
            self.assert_status(command.finish(), 4)


class RefusedTest(Case):
    def assert_all_fail(self, urls, code, said):
        jobs = self.write("list.txt", "".join(url + "\n" for url in urls))
        records, outcome = self.records_of("-P", "64", "--per-host", "64", jobs)
        self.assert_status(outcome, 4)
        self.assertEqual([record["error"] for record in records], [code] * len(urls))
        self.assertIn(said, records[0]["error_detail"])
        self.assertLess(outcome.cpu_seconds, 2)

    def test_nobody_listens(self):
        self.assert_all_fail([f"http://127.0.0.1:1/{i}" for i in range(500)], "connect_refused", "Connection refused")

    def test_there_is_no_route(self):
        self.assert_all_fail([f"http://192.0.2.{i % 200}/" for i in range(500)], "connect_unreachable", "Network is unreachable")
        self.assert_all_fail([f"http://[2001:db8::{i + 1}]/" for i in range(100)], "connect_unreachable", "Network is unreachable")

    def test_there_is_no_address_to_connect_from(self):
        """The system says it with the errno of a lack of local ports. It is none: the other hosts' jobs do not become fewer."""
        gathered = threading.Barrier(8, timeout=10)

        def page(connection, request):
            gathered.wait()  # until all eight slots have one of these
            connection.send(response(b"page"))
            return True

        allow_ipv6(False)
        self.addCleanup(allow_ipv6, True)
        servers = [self.enterContext(ScriptedServer({f"/{i}": page for i in range(4)}, ip=f"127.0.0.{2 + n}")) for n in range(4)]
        bad = [f"http://[::1]:{servers[0].port}/{i}" for i in range(40)]
        urls = bad[:20] + [server.url(f"/{i}") for i in range(4) for server in servers] + bad[20:]
        records, outcome = self.records_of(
            "-P", "8", "--per-host", "8", "--log-file", "log", "--log-level", "warning", self.write("list.txt", "\n".join(urls)))
        self.assert_status(outcome, 4)
        self.assertEqual([record["error"] for record in records if not record["ok"]], ["connect_unreachable"] * len(bad))
        self.assertNotIn("transfers at once", (self.folder / "log").read_text())

    def test_one_address_without_a_route_does_not_slow_the_others(self):
        with ScriptedServer({f"/{i}": response(b"page") for i in range(100)}) as server:
            urls = [url for i in range(100) for url in (server.url(f"/{i}"), f"http://192.0.2.{i}/")]
            records, outcome = self.records_of(self.write("list.txt", "\n".join(urls)))
            self.assert_status(outcome, 4)
            self.assertEqual(sum(record["ok"] for record in records), 100)


def setUpModule():
    own_network()


if __name__ == "__main__":
    unittest.main()
