#!/usr/bin/env python3
"""--threads: the same results as on one loop, and the limits hold for all threads together. The servers' logs are the oracle."""

import os
import random
import signal
import tempfile
import threading
import time
import unittest
from collections import Counter, defaultdict

from harness import PIPE, Case, wait_until_signal_is_taken
from killed_run import PAGES, kill_at_moments, killed_run
from nginx import Nginx
from scripted_server import ScriptedServer, response

PAGE = r"""location / { default_type "text/html; charset=utf-8"; return 200 "$http_host$uri 啊\n"; }"""


class SameResultsTest(Case):
    JOBS = 5000

    def test_one_two_and_four_threads(self):
        with tempfile.TemporaryDirectory(prefix="nbcrawl-pages-") as root, Nginx(root, PAGE, ip="0.0.0.0") as nginx:
            hosts = [f"127.0.0.{1 + i}" for i in range(40)]
            order = random.Random(1)
            urls = [f"http://{order.choice(hosts)}:{nginx.port}/{i}" for i in range(self.JOBS)]
            jobs = self.write("list.txt", "".join(url + "\n" for url in urls))
            expected = "".join(url.removeprefix("http://") + " 啊\n" for url in urls).encode()
            for threads in (1, 2, 4):
                with self.subTest(threads=threads):
                    before = len(nginx.requests())
                    outcome = self.fetch("--threads", threads, "--ordered", jobs)
                    self.assert_status(outcome, 0)
                    self.assertTrue(outcome.stdout == expected, "not the same bytes")
                    log = nginx.requests(before + self.JOBS)[before:]
                    self.assertEqual(Counter(words[3] for words in log), Counter(f"/{i}" for i in range(self.JOBS)))
                    # Each host's connections are in one place and are used again: 40 hosts, 8 each at most.
                    self.assertLessEqual(len({words[0] for words in log}), 320)
            records, outcome = self.records_of("--threads", 3, jobs)
            self.assert_status(outcome, 0)
            self.assertEqual([record["url"] for record in records], urls)
            self.assertEqual("".join(record["body"] for record in records).encode(), expected)


class Busy:
    """A script that answers after a while, and not before `until(request)` holds; it takes down how many requests are under way, and
    when each came."""

    def __init__(self, seconds=0.02, until=lambda request: True, answer=None):
        self.seconds = seconds
        self.until = until
        self.answer = answer or (lambda request: response(request.path.encode()))
        self.lock = threading.Lock()
        self.under_way = Counter()
        self.most = Counter()
        self.times = defaultdict(list)

    def get(self, _path):
        return self

    def __call__(self, connection, request):
        host = request.fields["host"].partition(":")[0]
        with self.lock:
            self.times[host].append(time.monotonic())
            for who in (host, "all"):
                self.under_way[who] += 1
                self.most[who] = max(self.most[who], self.under_way[who])
        connection.server.wait_for(lambda: self.until(request))
        if connection.wait_until_gone(self.seconds):
            return False
        with self.lock:
            self.under_way[host] -= 1
            self.under_way["all"] -= 1
        connection.send(self.answer(request))
        return True


class LimitsTest(Case):
    def serve(self, **options):
        busy = Busy(**options)
        server = self.enterContext(ScriptedServer(busy))
        self.resolve = ["--resolve", f"*:{server.port}:127.0.0.1"]  # so that there are many hosts on one server
        return busy, server

    def fetch_hosts(self, server, hosts, pages, *options, **more):
        urls = [f"http://h{host}.test:{server.port}/{page}" for page in range(pages) for host in range(hosts)]
        jobs = self.write("list.txt", "\n".join(urls))
        records, outcome = self.records_of("--threads", 4, *self.resolve, *options, jobs, **more)
        self.assertEqual([record["url"] for record in records], urls)
        return records, outcome

    def test_per_host_and_in_all(self):
        busy, server = self.serve(until=lambda request: len(server.requests) >= 12)
        _, outcome = self.fetch_hosts(server, 9, 20, "--per-host", 2, "-P", 12)
        self.assert_status(outcome, 0)
        self.assertEqual(max(busy.most[f"h{host}.test"] for host in range(9)), 2)
        self.assertEqual(busy.most["all"], 12)

    def test_a_pace_for_each_host(self):
        busy, server = self.serve(seconds=0)
        begin = time.monotonic()
        _, outcome = self.fetch_hosts(server, 12, 4, "--host-delay", "150ms")
        self.assert_status(outcome, 0)
        for times in busy.times.values():  # of three gaps; not from the first request on: a busy machine may have that come late
            self.assertGreaterEqual(times[-1] - begin, 0.45)

    def test_a_rate_in_all(self):
        busy, server = self.serve(seconds=0)
        begin = time.monotonic()
        _, outcome = self.fetch_hosts(server, 12, 5, "--rate", 100)
        self.assert_status(outcome, 0)
        took = time.monotonic() - begin
        self.assertGreater(took, 0.55)
        self.assertLess(took, 3 + outcome.starved_seconds, "each thread has a rate of its own")

    def test_retry_after_holds_its_host_and_no_other(self):
        refused = set()

        def answer(request):
            host = request.fields["host"]
            if not host.startswith("h0.") or host in refused:
                return response(b"page")
            refused.add(host)
            return response(b"", "Retry-After: 2", status="429 Too Many Requests")

        busy, server = self.serve(seconds=0, answer=answer)
        records, outcome = self.fetch_hosts(server, 6, 4, "--per-host", 1, retry=2)
        self.assert_status(outcome, 0)
        self.assertEqual(records[0]["num_retries"], 1)
        first, second, *_ = busy.times["h0.test"]
        self.assertGreater(second - first, 1.9)
        self.assertLess(max(busy.times["h1.test"]), second)

    def test_redirects_between_hosts_count_where_they_lead(self):
        def answer(request):
            host = request.fields["host"].partition(".")[0]
            if host == "one":
                return response(request.path.encode())
            return response(b"", f"Location: http://one.test:{server.port}{request.path}/{host}", status="302 Found")

        def two_are_there(request):
            host = request.fields["host"]
            return not host.startswith("one.") or sum(other.fields["host"] == host for other in server.requests) >= 2

        busy, server = self.serve(seconds=0.01, until=two_are_there, answer=answer)
        records, outcome = self.fetch_hosts(server, 10, 3, "--per-host", 2)
        self.assert_status(outcome, 0)
        for record in records:
            host = record["url"].split("//")[1].split(".")[0]
            self.assertEqual(record["body"], f"{record['path']}/{host}")
            self.assertEqual(record["num_redirects"], 1)
        self.assertEqual(busy.most["one.test"], 2)

    def test_too_many_errors_stop_all_threads(self):
        _, server = self.serve(seconds=0, answer=lambda request: response(b"", status="404 Not Found"))
        urls = [f"http://h{i % 50}.test:{server.port}/{i}" for i in range(2000)]
        jobs = self.write("list.txt", "\n".join(urls))
        outcome = self.fetch("--threads", 4, *self.resolve, "--fail", "--max-errors", 10, "-P", 8, jobs)
        self.assert_status(outcome, 10)
        self.assertLess(len(server.requests), 10 + 1 + 2 * 8)

    def test_a_slow_server_is_asked_by_all_threads_at_once(self):
        def answer(_request):
            server.wait_for(lambda: len(server.requests) >= 160)  # it answers nobody before all have asked
            return response(b"")

        _, server = self.serve(seconds=0, answer=answer)
        _, outcome = self.fetch_hosts(server, 160, 1, "-P", 160)
        self.assert_status(outcome, 0)


class FewDescriptorsTest(Case):
    """What one thread keeps for later must not be what another one, or a command, fails for want of."""

    def setUp(self):
        super().setUp()
        self.server = self.enterContext(ScriptedServer(Busy(seconds=0.05), ip="0.0.0.0"))

    def urls(self, hosts, count):
        return [f"http://127.0.1.{hosts[i % len(hosts)]}:{self.server.port}/{i}" for i in range(count)]

    def check(self, outcome, count):
        self.assert_status(outcome, 0)
        self.assertEqual(sum(record["ok"] for record in outcome.records), count)

    def test_commands_get_what_idle_connections_have(self):
        jobs = self.write("list.txt", "\n".join(self.urls(range(1, 8), 140)))
        outcome = self.fetch("--jsonl", "--threads", 2, "--callback", "exec:cat", jobs, descriptors=64)
        self.check(outcome, 140)

    def test_so_does_another_thread(self):
        command = self.start_fetch("--jsonl", "--threads", 2, "-P", 400, "--per-host", 100, "-", stdin=PIPE, descriptors=64)
        for urls in (self.urls([1], 100), self.urls(range(2, 8), 60)):
            command.process.stdin.write("".join(url + "\n" for url in urls).encode())
            command.process.stdin.flush()
            self.server.wait_until_quiet(0.3)
        command.process.stdin.close()
        self.check(command.finish(), 160)


class StopTest(Case):
    def test_a_job_that_may_not_go_on_ends_with_the_response_it_has(self):
        stopped = False

        def held(connection, request):
            connection.server.wait_for(lambda: stopped or not connection.server.is_running())
            connection.send(response(b"", "Location: /elsewhere", status="302 Found"))
            return True

        with ScriptedServer({f"/{i}": held for i in range(4)}) as server:
            jobs = self.write("list.txt", "".join(server.url(f"/{i}") + "\n" for i in range(4)))
            command = self.start_fetch("--threads", 2, "--jsonl", jobs)
            server.wait_for(lambda: len(server.requests) >= 4)
            os.kill(command.pid, signal.SIGINT)
            wait_until_signal_is_taken(command.pid, signal.SIGINT)
            stopped = True
            server.notify()
            outcome = command.finish(10)
            self.assert_status(outcome, 130)
            self.assertEqual(sorted((record["url"], record["status"]) for record in outcome.records), [(server.url(f"/{i}"), 302) for i in range(4)])
            self.assertNotIn("/elsewhere", server.paths())


class CookiesTest(Case):
    def test_one_jar_for_all_threads(self):
        def answer(connection, request):
            fields = [f"Set-Cookie: seen={request.path[1:]}; Path=/"] if request.path != "/last" else []
            connection.send(response(request.fields.get("cookie", "none").encode(), *fields))
            return True

        with ScriptedServer({f"/{i}": answer for i in ["last", *range(8)]}) as server:
            urls = [f"http://h{i}.test:{server.port}/{i}" for i in range(8)]
            urls += [f"http://h{i}.test:{server.port}/last" for i in range(8)]
            jobs = self.write("list.txt", "\n".join(urls))
            records, outcome = self.records_of(
                "--threads", 3, "-b", "", "--per-host", 1, "--resolve", f"*:{server.port}:127.0.0.1", jobs)
            self.assert_status(outcome, 0)
            self.assertEqual([record["body"] for record in records], ["none"] * 8 + [f"seen={i}" for i in range(8)])


class KillTest(Case):
    def test_a_killed_run_goes_on(self):
        with tempfile.TemporaryDirectory(prefix="nbcrawl-pages-") as root, Nginx(root, PAGES) as nginx:
            run = killed_run("ordered_pipe", nginx, self.folder / "run", 1000)
            run.options += ["--threads", "4", "--rate", "2000"]
            self.assertGreater(kill_at_moments(run, [0.04, 0.1, 0.16]), 0)
            run.check_state()


if __name__ == "__main__":
    unittest.main()
