"""Runs clients in turn on one server, again and again, and keeps the medians of the runs that nothing disturbed."""

import shutil
import statistics
import sys
from dataclasses import dataclass, field

from measure import Failed, measure


@dataclass
class Client:
    """One way to do the work of a comparison."""

    name: str
    words: list
    requests: int | None = None  # None: it says itself how many it made ("N requests in", as wrk)
    delivers: bool = True  # its standard output is the bodies; else nobody knows that it has read them
    counts_bytes: bool = False  # its standard output says how many bytes of bodies it had
    every_round: bool = True  # False: one run is enough, it is far slower than the others


@dataclass
class Result:
    """What one client took."""

    name: str
    requests: int
    connections: int
    runs: list = field(default_factory=list)
    left_out: int = 0  # disturbed runs
    note: str = ""

    def median(self, name):
        return statistics.median(getattr(run, name) for run in self.runs)

    @property
    def cpu_us(self):
        """Client CPU µs a request."""
        return self.median("cpu") / self.requests * 1e6

    def figures(self):
        return {"client": self.name, "requests": self.requests, "connections": self.connections, "note": self.note,
                "cpu_us": self.cpu_us, "user_us": self.median("user") / self.requests * 1e6,
                "system_us": self.median("system") / self.requests * 1e6, "wall": self.median("wall"),
                "max_rss_kib": self.median("max_rss_kib"), "left_out": self.left_out,
                "runs": [run.figures() for run in self.runs]}


def check_delivery(client, body_bytes):
    """One run that is not measured: the caches are warm after it, and every byte of every body must come out of it."""
    run = measure(client.words, keep_output=True)
    if not client.delivers and not client.counts_bytes:
        return run
    got = int(run.output) if client.counts_bytes else len(run.output)
    if got != client.requests * body_bytes:
        raise Failed(f"{client.name} delivered {got} bytes of {client.requests * body_bytes}")
    return run


def check_requests(client, result, before, after, output):
    """The server's own count."""
    connections, requests = (end - begin for begin, end in zip(before, after))
    if client.requests is None:
        result.requests = int(output.split(b" requests in")[0].split()[-1])
        # It is stopped by the clock: the server may have answered what it did not wait for.
        if not result.requests <= requests <= result.requests + 1000:
            raise Failed(f"{client.name} says that it made {result.requests} requests, the server had {requests}")
    elif requests != client.requests:
        raise Failed(f"{client.name} should have made {client.requests} requests, the server had {requests}")
    result.connections = connections


def compare(clients, server, body_bytes, rounds):
    """`server()` is entered for each run if it counts only when it ends, else once. Returns a Result for each client."""
    results = {}
    usable = []
    for client in clients:
        if shutil.which(str(client.words[0])) is None:
            results[client.name] = Result(client.name, 0, 0, note="not installed")
            continue
        results[client.name] = Result(client.name, client.requests or 0, 0)
        try:
            server.run(lambda client=client: check_delivery(client, body_bytes))
            usable.append(client)
        except Failed as failure:
            results[client.name].note = str(failure)
            print(f"  {failure}", file=sys.stderr)
    # As many rounds again where runs were disturbed.
    for round_number in range(2 * rounds):
        for client in usable:
            result = results[client.name]
            if len(result.runs) >= (rounds if client.every_round else 1):
                continue
            run, before, after = server.run(lambda client=client: measure(client.words, keep_output=client.requests is None))
            check_requests(client, result, before, after, run.output)
            if run.is_disturbed and round_number < 2 * rounds - 1:
                result.left_out += 1
            else:
                result.runs.append(run)
    return list(results.values())


class Kept:
    """A server that stays and can be asked for its counts at any time."""

    def __init__(self, server):
        self.server = server

    def run(self, action):
        before = self.server.counts()
        run = action()
        return run, before, self.server.counts()


class Fresh:
    """A server that is started for each run, at the same port, and counts when it ends."""

    def __init__(self, make_server):
        self.make_server = make_server

    def run(self, action):
        with self.make_server() as server:
            run = action()
            return run, (0, 0), server.end()
