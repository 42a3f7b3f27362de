"""Runs the command under test, in a folder of its own and with a hard time limit.

By hand: NBCRAWL=build/nbcrawl python3 tests/loopback/nginx_test.py [Class.test_name]
"""

import contextlib
import functools
import json
import os
import resource
import subprocess
import tempfile
import threading
import time
import unittest
from dataclasses import dataclass, field
from pathlib import Path

from readable import wait_readable

NBCRAWL = os.path.abspath(os.environ.get("NBCRAWL", "build/nbcrawl"))
PIPE = subprocess.PIPE
SANITIZED = bool(os.environ.get("SANITIZED"))  # the command is built with sanitizers

NAMES = {"LOCALDOMAIN": "search.test", "RES_OPTIONS": "ndots:1"}  # a search list, in place of the machine's own


@dataclass
class Outcome:
    """How one run of the command ended."""

    status: int  # exit status; -N where signal N ended it
    stdout: bytes
    stderr: str
    max_rss_kib: int  # until shortly before its end
    cpu_seconds: float  # 0 with sanitizers, as max_rss_kib: it would tell theirs
    starved_seconds: float  # it could have run, and other processes did; until shortly before its end

    @property
    def text(self):
        return self.stdout.decode()

    @property
    def records(self):
        """The result records of --jsonl."""
        return [json.loads(line) for line in self.stdout.splitlines()]

    @property
    def complaints(self):
        """What was said on standard error, but for the summary and the progress."""
        return [line for line in self.stderr.splitlines() if " jobs succeeded" not in line]


class TimeLimitExceeded(AssertionError):
    pass


@dataclass
class Command:
    """A running nbcrawl. Its outputs are collected by threads unless the test reads them itself."""

    arguments: list
    under: list = field(default_factory=list)  # a program that runs it, such as strace with its options
    stdin: object = subprocess.DEVNULL
    stdout: object = PIPE
    cwd: object = None
    descriptors: int | None = None  # ulimit -n, soft and hard
    stack_kib: int | None = None  # ulimit -s
    redirect: str = ""  # as the shell writes it, such as ">&-"
    environment: dict = field(default_factory=dict)
    read_stdout: bool = True

    def __post_init__(self):
        words = [*self.under, NBCRAWL, *map(str, self.arguments)]
        limits = {"n": self.descriptors, "s": self.stack_kib}
        limit = "".join(f"ulimit -{which} {value} && " for which, value in limits.items() if value is not None)
        if limit or self.redirect:
            words = ["sh", "-c", f'{limit}exec "$@" {self.redirect}', "sh", *words]
        environment = {k: v for k, v in os.environ.items() if k != "COLUMNS" and not k.lower().endswith("_proxy")}
        environment |= NAMES | self.environment
        self.process = subprocess.Popen(
            words, stdin=self.stdin, stdout=self.stdout, stderr=PIPE, cwd=self.cwd, env=environment)
        self.pid = self.process.pid
        self._collected = {}
        self._threads = []
        self._collect("stderr")
        if self.stdout is PIPE and self.read_stdout:
            self._collect("stdout")

    def _collect(self, name):
        stream = getattr(self.process, name)
        thread = threading.Thread(target=lambda: self._collected.__setitem__(name, stream.read()), daemon=True)
        thread.start()
        self._threads.append(thread)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.returncode is None:
            self.process.kill()
            self.process.wait()
        for thread in self._threads:
            thread.join()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:
                    pass

    def finish(self, limit=30.0):
        """Waits for the end. `limit` in seconds, exceeded: the process is killed and the test fails."""
        pidfd = os.pidfd_open(self.pid)
        try:
            in_time, max_rss_kib, starved_seconds = self._wait(pidfd, limit)
        finally:
            os.close(pidfd)
        if not in_time:
            self.process.kill()
        _, status, usage = os.wait4(self.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        for thread in self._threads:
            thread.join()
        stderr = self._collected["stderr"].decode(errors="replace")
        if not in_time:
            raise TimeLimitExceeded(f"{self.arguments} still ran after {limit} s; it said: {stderr}")
        return Outcome(
            status=self.process.returncode, stdout=self._collected.get("stdout", b""), stderr=stderr,
            max_rss_kib=max_rss_kib, cpu_seconds=0.0 if SANITIZED else usage.ru_utime + usage.ru_stime,
            starved_seconds=starved_seconds)

    def _wait(self, pidfd, limit):
        """Whether it ended in time, the most memory it had, and the seconds it waited for a processor. These are asked for again
        and again: what the system tells at the end, ru_maxrss, has in it what the test itself held when it started the command."""
        deadline = time.monotonic() + limit
        max_rss_kib, starved_seconds = 0, 0.0
        while True:
            with contextlib.suppress(KeyError, OSError):  # it has ended
                max_rss_kib = max(max_rss_kib, status_of(self.pid, "VmHWM"))
                starved_seconds = int(Path(f"/proc/{self.pid}/schedstat").read_text().split()[1]) / 1e9
            left = deadline - time.monotonic()
            if wait_readable(pidfd, seconds=min(left, 0.02)):
                return True, max_rss_kib, starved_seconds
            if left <= 0:
                return False, max_rss_kib, starved_seconds


def status_of(pid, key):
    """A line of /proc/PID/status, such as VmHWM in KiB. That is 0 where it would tell the memory of a sanitizer."""
    if SANITIZED and key == "VmHWM":
        return 0
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1])
    raise KeyError(key)


def need_descriptors(count):
    """Allows this process, and what it starts, so many: most systems have 1024 unless one asks. Skips the test where the hard limit
    forbids it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        raise unittest.SkipTest(f"it needs {count} descriptors, and the hard limit (ulimit -Hn) is {hard}")
    if soft != resource.RLIM_INFINITY and soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


@functools.cache
def can_trace():
    return subprocess.run(["strace", "-qq", "-o", os.devnull, "true"], capture_output=True).returncode == 0


def need_tracing():
    """Skips the test where the system lets no process trace its child, as in some containers."""
    if not can_trace():
        raise unittest.SkipTest("strace is not permitted here")


def wait_until_signal_is_taken(pid, number):
    """Waits until the signal is no longer pending: the loop has read it."""
    bit = 1 << (number - 1)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        pending = 0
        with open(f"/proc/{pid}/status") as status:
            for line in status:
                if line.startswith(("SigPnd:", "ShdPnd:")):
                    pending |= int(line.split()[1], 16)
        if not pending & bit:
            return
    raise AssertionError(f"signal {number} is still pending")


class Case(unittest.TestCase):
    """A test with a temporary folder of its own, in which the command runs."""

    longMessage = True
    maxDiff = 2000

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="nbcrawl-test-")))

    def start(self, *arguments, **options):
        options.setdefault("cwd", self.folder)
        return self.enterContext(Command(list(arguments), **options))

    def run_command(self, *arguments, input=None, limit=30.0, **options):
        """Runs the command to its end. `input`: bytes or text for its standard input."""
        options = {"cwd": self.folder} | options
        if input is None:
            with Command(list(arguments), **options) as command:
                return command.finish(limit)
        data = input.encode() if isinstance(input, str) else input
        with Command(list(arguments), stdin=PIPE, **options) as command:
            writer = threading.Thread(target=write_all, args=(command.process.stdin, data), daemon=True)
            writer.start()
            outcome = command.finish(limit)
            writer.join()
            return outcome

    def start_fetch(self, *arguments, retry=0, **options):
        """Starts `nbcrawl fetch` without progress lines, and without retries unless `retry` asks for them."""
        return self.start("fetch", "--progress", "none", "--retry", retry, *arguments, **options)

    def fetch(self, *arguments, retry=0, **options):
        """Runs it to its end."""
        return self.run_command("fetch", "--progress", "none", "--retry", retry, *arguments, **options)

    def records_of(self, *arguments, **options):
        """The records of a run, sorted by the job's place in the list, and the outcome."""
        outcome = self.fetch("--jsonl", *arguments, **options)
        return sorted(outcome.records, key=lambda record: int(record["id"])), outcome

    def write(self, name, content):
        """A file in the test's folder."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def assert_status(self, outcome, status):
        self.assertEqual(outcome.status, status, f"stderr:\n{outcome.stderr}")


def strace(calls, *options, into=os.devnull):
    """A program to run the command under, which traces these calls. LeakSanitizer, where that is compiled in, is a tracer itself,
    and there can be one only."""
    need_tracing()
    return ["strace", "-qq", "-E", "LSAN_OPTIONS=detect_leaks=0", "-o", str(into), "-e", f"trace={calls}", *options]


def write_all(stream, data):
    try:
        stream.write(data)
        stream.close()
    except BrokenPipeError:
        pass
