"""The workloads. Each yields rows: (what is compared, the results of its clients, what it is compared with)."""

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import clients
from clients import Load
from compare import Client, Fresh, Kept, compare
from measure import measure
from servers import Nginx, SlowServer, write_pages

import certificates  # of tests/loopback, which servers made known


@dataclass
class Size:
    """How much is done: `part` of the requests of the full benchmark, each client `rounds` times."""

    part: float
    rounds: int

    def of(self, requests):
        return int(requests * self.part)


@contextmanager
def pages():
    """A folder in memory: `www` holds the pages, and there is room for lists."""
    with tempfile.TemporaryDirectory(prefix="nbcrawl-bench-", dir="/dev/shm") as name:
        folder = Path(name)
        (folder / "www").mkdir()
        write_pages(folder / "www")
        yield folder


def nbcrawls(load, *more):
    """At its defaults, where pages are decoded to UTF-8, and handing bodies on as they came, as its peers do."""
    return [Client("nbcrawl", clients.nbcrawl(load, *more), len(load.urls)),
            Client("nbcrawl raw", clients.nbcrawl(load, "--callback", "raw", *more), len(load.urls))]


def same_host(size, page, body_bytes, requests, connections, peers):
    with pages() as folder, Nginx(folder / "www") as server:
        count = size.of(requests)
        load = Load([f"{server.origin}/{page}?{i}" for i in range(count)], connections, folder)
        wanted = [Client("floor", clients.floor(load), count, delivers=False, counts_bytes=True),
                  *nbcrawls(load), Client("wget2", clients.wget2(load), count), Client("curl", clients.curl(load), count)]
        if "wrk" in peers:
            wanted += [Client("wrk", clients.wrk(load), None, delivers=False),
                       Client("h2load", clients.h2load(load), count, delivers=False)]
        results = compare(wanted, Kept(server), body_bytes, size.rounds)
        if "aria2" in peers:
            few = Load(load.urls[: count // 20], connections, folder)
            results += compare([Client("aria2", clients.aria2(few), count // 20, delivers=False, every_round=False)],
                               Kept(server), body_bytes, size.rounds)
        return results


def small(size):
    """1 KiB pages of one host, 64 connections"""
    return same_host(size, "1k.html", 1024, 100_000, 64, ("wrk", "aria2"))


def medium(size):
    """16 KiB pages, 64 connections"""
    return same_host(size, "16k.html", 16 * 1024, 50_000, 64, ())


def large(size):
    """256 KiB pages, 16 connections"""
    return same_host(size, "256k.html", 256 * 1024, 5_000, 16, ())


def many_hosts(size, keepalive):
    with pages() as folder, Nginx(folder / "www", "" if keepalive else "keepalive_timeout 0;", ip="0.0.0.0") as server:
        hosts = size.of(2_000)
        urls = [f"http://127.1.{host // 250}.{host % 250 + 1}:{server.port}/1k.html?{turn}"
                for turn in range(10) for host in range(hosts)]
        load = Load(urls, 64, folder)
        wanted = [Client("nbcrawl", clients.nbcrawl(load), len(urls)), Client("wget2", clients.wget2(load), len(urls)),
                  Client("curl", clients.curl(load), len(urls))]
        return compare(wanted, Kept(server), 1024, size.rounds)


def closing_hosts(size):
    """1 KiB pages of 2,000 hosts in turn, 64 connections, the server closes each"""
    return many_hosts(size, keepalive=False)


def kept_hosts(size):
    """The same, and the server keeps connections open"""
    return many_hosts(size, keepalive=True)


def slow(size):
    """1 KiB pages, each answered after 200 ms, 1,000 connections"""
    with pages() as folder, SlowServer(200, 1024) as first:
        port = first.port
        first.end()
        count = size.of(5_000)
        load = Load([f"{first.origin}/{i}" for i in range(count)], min(1_000, count // 5), folder)
        wanted = [Client("floor", clients.floor(load), count, delivers=False, counts_bytes=True),
                  Client("nbcrawl", clients.nbcrawl(load), count), Client("wget2", clients.wget2(load), count),
                  Client("curl", clients.curl(load), count)]
        return compare(wanted, Fresh(lambda: SlowServer(200, 1024, port)), 1024, size.rounds)


def over_tls(size, requests, server_options, reconnect, more_floor=()):
    with pages() as folder:
        authority = certificates.Authority(folder)
        certificate = authority.issue("server", names="DNS:localhost,IP:127.0.0.1")
        with Nginx(folder / "www", "ssl_protocols TLSv1.3; " + server_options, certificate=certificate) as server:
            count = size.of(requests)
            origin = f"https://localhost:{server.port}"
            load = Load([f"{origin}/1k.html?{i}" for i in range(count)], 64, folder, authority.certificate)
            floor = clients.floor(load, *(["--close"] if reconnect else []))
            wanted = [Client("floor", floor, count, delivers=False, counts_bytes=True),
                      Client("nbcrawl", clients.nbcrawl(load, "--resolve", f"localhost:{server.port}:127.0.0.1"), count),
                      Client("wget2", clients.wget2(load, "--no-http2"), count),
                      Client("curl", clients.curl(load, "--http1.1"), count)]
            return compare(wanted, Kept(server), 1024, size.rounds)


def tls_kept(size):
    """1 KiB pages over TLS 1.3, 64 kept connections"""
    return over_tls(size, 20_000, "", reconnect=False)


def tls_full(size):
    """1 KiB pages, a new TLS connection each, no resumption offered"""
    return over_tls(size, 2_000, "keepalive_timeout 0; ssl_session_tickets off; ssl_session_cache off;", reconnect=True)


def tls_resumed(size):
    """The same, resumption offered"""
    return over_tls(size, 2_000, "keepalive_timeout 0;", reconnect=True)


def http2(size):
    """1 KiB pages over one HTTP/2 connection, 100 streams"""
    with pages() as folder:
        authority = certificates.Authority(folder)
        certificate = authority.issue("server", names="DNS:localhost,IP:127.0.0.1")
        with Nginx(folder / "www", "ssl_protocols TLSv1.3; http2_max_concurrent_streams 128;", certificate=certificate,
                   http2=True) as server:
            count = size.of(100_000)
            origin = f"https://localhost:{server.port}"
            load = Load([f"{origin}/1k.html?{i}" for i in range(count)], 100, folder, authority.certificate)
            wanted = [Client("h2load", clients.h2load(load, "-c", 1, "-m", 100), count, delivers=False),
                      Client("nbcrawl", clients.nbcrawl(load, "--resolve", f"localhost:{server.port}:127.0.0.1"), count),
                      Client("wget2", clients.wget2(load, "--max-threads=1", "--http2-request-window=100"), count),
                      Client("curl", clients.curl(load, "--http2"), count)]
            return compare(wanted, Kept(server), 1024, size.rounds)


def long_lists(size):
    """Peak memory, lists of 100,000 to 10,000,000 lines, 1 KiB pages, 64 connections"""
    results = []
    with pages() as folder, Nginx(folder / "www") as server:
        lines = folder / "urls.txt"
        for count in map(size.of, (100_000, 1_000_000, 10_000_000)[: 3 if size.part == 1 else 1]):
            with lines.open("w") as out:
                out.writelines(f"{server.origin}/1k.html?{i}\n" for i in range(count))
            words = [clients.NBCRAWL, "fetch", "-s", "-P", 64, "--per-host", 64, lines]
            results += run_once(Client(f"{count:,} lines", words, count, delivers=False), Kept(server))
    return results


def open_connections(size):
    """10,000 requests a second over 100 connections and over 10,000, each to an address of its own"""
    results = []
    with pages() as folder:
        # Twice each: what the longer run takes more is the cost of requests without that of opening their connections.
        for connections, jobs_of_each, delay_ms in ((100, 1_000, 10), (100, 2_000, 10), (10_000, 10, 1_000), (10_000, 20, 1_000)):
            with SlowServer(delay_ms, 1024) as first:
                port = first.port
                first.end()
            jobs_of_each = size.of(jobs_of_each)
            load = Load([f"http://127.1.{host // 250}.{host % 250 + 1}:{port}/{turn}" for turn in range(jobs_of_each)
                         for host in range(connections)], connections, folder)
            words = clients.nbcrawl(load, "--connect-timeout", "60s")
            client = Client(f"{connections:,} connections, {jobs_of_each} each", words, len(load.urls), delivers=False)
            results += run_once(client, Fresh(lambda: SlowServer(delay_ms, 1024, port)))
    return results


def multiplexers(size):
    """select, poll and epoll: 1 KiB pages as fast as they come, and 2,000 a second, over 8 to 4,000 connections"""
    results = []
    sizes = (8, 16, 64, 256, 900, 4_000) if size.part == 1 else (16, 256, 4_000)
    with pages() as folder:
        for connections in sizes:
            kinds = ("select", "poll", "epoll") if connections < 1_000 else ("poll", "epoll")
            count = size.of(20_000)
            with Nginx(folder / "www") as server:
                load = Load([f"{server.origin}/1k.html?{i}" for i in range(count)], connections, folder)
                results += compare([Client(f"{kind}, {connections:,} busy", clients.nbcrawl(load, "--multiplexer", kind), count)
                                    for kind in kinds], Kept(server), 1024, min(size.rounds, 3))
            # So slow that nearly every response wakes the loop by itself.
            delay_ms, count = connections // 2, size.of(8_000)
            with SlowServer(delay_ms, 1024) as first:
                port = first.port
                first.end()
            load = Load([f"http://127.0.0.1:{port}/{i}" for i in range(count)], connections, folder)
            for kind in kinds:
                client = Client(f"{kind}, {connections:,} waiting", clients.nbcrawl(load, "--multiplexer", kind), count,
                                delivers=False)
                results += run_once(client, Fresh(lambda: SlowServer(delay_ms, 1024, port)))
    return results


def run_once(client, server):
    """Without the run that is not measured, where one takes minutes."""
    from compare import Result, check_requests
    result = Result(client.name, client.requests, 0)
    run, before, after = server.run(lambda: measure(client.words))
    check_requests(client, result, before, after, b"")
    result.runs.append(run)
    return [result]


def many_jobs(size):
    """Cost of a job, 10,000 to 1,000,000 jobs of 1 to 100,000 politeness keys, 64 connections"""
    results = []
    with pages() as folder, Nginx(folder / "www") as server:
        jobs = folder / "keys.json"
        for count, keys in ((10_000, 1), (100_000, 1), (1_000_000, 1), (10_000, 10_000), (100_000, 100_000), (1_000_000, 100_000)):
            if count > 100_000 and size.part < 1:
                continue
            count, keys = size.of(count), max(1, size.of(keys))
            with jobs.open("w") as out:
                for i in range(count):
                    out.write(f'{{"url": "{server.origin}/1k.html?{i}", "key": "{i * 7919 % keys}"}}\n')
            words = [clients.NBCRAWL, "fetch", "-s", "-P", "64", "--per-host", "64", jobs]
            client = Client(f"{count:,} jobs, {keys:,} keys", words, count)
            results += (run_once(client, Kept(server)) if count > 100_000 else
                        compare([client], Kept(server), 1024, size.rounds))
    return results


ALL = {"A": small, "B": medium, "C": large, "D": closing_hosts, "D0": kept_hosts, "E": slow, "F": tls_kept, "F2": tls_full,
       "F3": tls_resumed, "G": http2, "H": long_lists, "I": open_connections,
       "J": many_jobs, "M": multiplexers}
