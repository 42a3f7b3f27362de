"""Runs that are killed and continued, and what must hold afterwards. Used by resume_test.py and tests/crash/run.

The server's own log and the files are the oracle: every job was asked for, and the results of a run that was killed any
number of times are those of one that was not."""

import contextlib
import itertools
import json
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from pathlib import Path

from harness import NBCRAWL, PIPE, strace

# Every page is its own path, so that a result tells which job it belongs to; those under /missing/ fail with --fail.
PAGES = r"""
location /missing/ { return 404; }
location / {
  add_header Set-Cookie "last=seen; Max-Age=1000";
  return 200 "$uri: these bytes are the same at every fetch\n";
}
"""


numbers = itertools.count()


class KilledRun:
    """One job list and one command line, run until it is done however often it is killed."""

    def __init__(self, nginx, folder, count, options, list_on_stdin=False):
        self.nginx = nginx
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        # Of its own kind, so that the log tells these requests from others'.
        self.prefix = f"{self.folder.name}-{next(numbers)}"
        self.paths = [f"/{'missing/' if i % 50 == 7 else ''}{self.prefix}/{i}" for i in range(count)]
        self.list = self.folder / "list.txt"
        self.list.write_text("".join(f"{nginx.origin}{path}\n" for path in self.paths))
        self.list_on_stdin = list_on_stdin
        self.options = ["--fail", "--state", "state", *options]
        self.kills = 0
        self.streamed = []  # what each run wrote to standard output, whole lines only

    def start(self, *prefix):
        jobs = "-" if self.list_on_stdin else self.list.name
        with self.list.open("rb") as stdin:
            return subprocess.Popen(
                [*prefix, NBCRAWL, "fetch", "-s", "--retry", "0", *self.options, jobs], cwd=self.folder,
                stdin=stdin if self.list_on_stdin else subprocess.DEVNULL, stdout=PIPE, stderr=PIPE)

    def end(self, process, limit=60):
        """Waits for it. Whether it came to its own end; then it must have ended well."""
        try:
            stdout, stderr = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise AssertionError(f"{self.options} still ran after {limit} s")
        self.streamed += [line for line in stdout.splitlines(keepends=True) if line.endswith(b"\n")]
        if process.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL):
            self.kills += 1
            return False
        assert process.returncode == 8, (process.returncode, stderr)  # the missing pages'
        return True

    def run_and_kill(self, after_seconds):
        """Whether it ended before it was killed."""
        process = self.start()
        time.sleep(after_seconds)  # the moment itself is what is tested
        process.kill()
        return self.end(process)

    def run_to_end(self):
        assert self.end(self.start())

    def records(self):
        """Of --jsonl, whichever way they were written."""
        output = self.folder / "out"
        lines = output.read_bytes().splitlines() if output.exists() else self.streamed
        return [json.loads(line) for line in lines]

    def check_log(self):
        """No job is lost: the server was asked for each."""
        asked = Counter(path for _, _, _, path, *_ in self.nginx.requests() if f"/{self.prefix}/" in path)
        assert set(asked) == set(self.paths), f"{len(set(self.paths) - set(asked))} jobs were never fetched"

    def check_records_once(self):
        """Records in a file: each job has one, and it is the right one."""
        records = self.records()
        got = Counter(record["id"] for record in records)
        assert got == Counter(str(i) for i in range(len(self.paths))), (len(got), got.most_common(3))
        for record in records:
            self.check_record(record)
            assert "replayed" not in record, record

    def check_records_marked(self):
        """Records on a pipe: each job has one; where it has more, those behind the first say so."""
        seen = set()
        for record in self.records():
            self.check_record(record)
            assert record["id"] not in seen or record.get("replayed"), f"{record} is there twice and does not say so"
            seen.add(record["id"])
        assert len(seen) == len(self.paths), f"{len(self.paths) - len(seen)} records are lost"

    def check_record(self, record):
        path = self.paths[int(record["id"])]
        assert record["path"] == path, (record, path)
        if path.startswith("/missing/"):
            assert record["error"] == "http_status", record
        else:
            assert record["body"] == page(path), record

    def check_order(self):
        ids = [int(record["id"]) for record in self.records()]
        assert ids == sorted(ids)

    def check_bodies_once(self):
        """Bodies in a file: the lines are those of a run that was not killed."""
        lines = Counter((self.folder / "out").read_text().splitlines(keepends=True))
        assert lines == Counter(page(path) for path in self.paths if not path.startswith("/missing/"))

    def check_files(self):
        """--output-dir: every page in its file, whole."""
        files = [path for path in (self.folder / "pages").rglob("*") if path.is_file()]
        pages = [path.read_text() for path in files if not path.name.startswith(".nbcrawl-")]
        assert sorted(pages) == sorted(page(path) for path in self.paths if not path.startswith("/missing/"))

    def check_jar(self):
        """It is whole. Where the kill came between the last job and the jar there was no response left to fill it."""
        lines = (self.folder / "jar").read_text().split("\n")
        assert lines[0].startswith("# Netscape") and lines[-1] == "", lines
        assert all(line.endswith("\tlast\tseen") for line in lines[3:-1]), lines

    def check_state(self):
        with contextlib.closing(sqlite3.connect(self.folder / "state")) as state:
            assert state.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def page(path):
    return f"{path}: these bytes are the same at every fetch\n"


RECORDS = ["--jsonl", "--fields", "id,path,ok,error,body,replayed"]

# name -> options, whether the list comes through standard input, what must hold
KINDS = {
    "records": ([*RECORDS, "-o", "out"], False, ["check_records_once"]),
    "ordered": ([*RECORDS, "-o", "out", "--ordered"], False, ["check_records_once", "check_order"]),
    "bodies": (["-o", "out"], True, ["check_bodies_once"]),
    "pipe": (RECORDS, False, ["check_records_marked"]),
    "ordered_pipe": ([*RECORDS, "--ordered"], True, ["check_records_marked"]),
    "files": (["--output-dir", "pages"], False, ["check_files"]),
    "threads": ([*RECORDS, "-o", "out", "--threads", "2"], False, ["check_records_once"]),
    "cookies": ([*RECORDS, "-o", "out", "-b", "jar", "-c", "jar"], False, ["check_records_once", "check_jar"]),
}


def killed_run(kind, nginx, folder, count):
    options, list_on_stdin, checks = KINDS[kind]
    run = KilledRun(nginx, folder, count, options, list_on_stdin)
    run.checks = ["check_log", *checks]
    return run


def check(run):
    for name in run.checks:
        getattr(run, name)()


def kill_at_moments(run, moments):
    """Kills it after each of these times, in seconds, or until it ends before it is killed; then lets it end, and checks. How often it
    was."""
    for moment in moments:
        if run.run_and_kill(moment):
            break
    else:
        run.run_to_end()
    check(run)
    return run.kills


# What changes a file, and a name of one; the state is written by pwrite64, results by writev and write.
CHANGES = "write,writev,pwrite64,fsync,fdatasync,ftruncate,renameat,linkat,unlink,unlinkat,openat,mkdirat"


def count_changes(run):
    """How often each of these system calls is made in a run that ends by itself."""
    trace = run.folder / "trace"
    assert run.end(run.start(*strace(CHANGES, into=trace)))
    return Counter(line.split("(", 1)[0] for line in trace.read_text().splitlines() if "(" in line)


def kill_at_call(run, call, number):
    """Kills it when it makes this call for the `number`th time, then lets it end, and checks."""
    run.end(run.start(*strace(call, "-e", f"inject={call}:signal=KILL:when={number}")))
    run.run_to_end()
    check(run)
