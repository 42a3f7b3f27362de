"""Runs a client on a processor of its own and says what it took, and whether something else was in its way."""

import json
import subprocess
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / "build/release/tests/bench/floor"
CLIENT_PROCESSOR = 0
SERVER_PROCESSOR = 1

# What else may run on the client's processor, or be taken from it by the host, as a part of the run.
MOST_STOLEN = 0.04


@dataclass
class Run:
    """What one run of a client took."""

    wall: float  # seconds
    user: float
    system: float
    max_rss_kib: int
    involuntary: int  # switches to another process
    disturbed: float  # part of the time that its processor did something else
    output: bytes = b""

    @property
    def cpu(self):
        return self.user + self.system

    @property
    def is_disturbed(self):
        return self.disturbed > MOST_STOLEN

    def figures(self):
        figures = asdict(self)
        del figures["output"]
        return figures


class Failed(Exception):
    """A run that did not do what it was measured for."""


def processor_seconds(number):
    """Seconds that a processor was busy since the system started, and those the host took from it."""
    for line in Path("/proc/stat").read_text().splitlines():
        name, *ticks = line.split()
        if name == f"cpu{number}":
            user, nice, system, _idle, _wait, irq, softirq, steal = (int(tick) / 100 for tick in ticks[:8])
            return user + nice + system + irq + softirq, steal
    raise Failed(f"/proc/stat does not know processor {number}: two are needed")


def measure(words, *, stdin=subprocess.DEVNULL, keep_output=False, limit=1800.0):
    """Runs a command to its end. Its standard output is counted and kept, or goes to /dev/null."""
    with tempfile.NamedTemporaryFile(prefix="nbcrawl-bench-") as report:
        busy, stolen = processor_seconds(CLIENT_PROCESSOR)
        process = subprocess.run(
            [PROGRAMS / "bench_launch", report.name, str(CLIENT_PROCESSOR), *map(str, words)], stdin=stdin,
            stdout=subprocess.PIPE if keep_output else subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=limit)
        busy_after, stolen_after = processor_seconds(CLIENT_PROCESSOR)
        if process.returncode != 0:
            raise Failed(f"{words[0]} ended with status {process.returncode}: {process.stderr.decode()[-600:]}")
        taken = json.loads(Path(report.name).read_text())
    others = busy_after - busy - taken["user"] - taken["system"]
    # /proc/stat counts in ticks of 10 ms: a short run can't tell less than two of them from nothing.
    strange = max(0.0, others - 0.02) + stolen_after - stolen
    return Run(**taken, disturbed=round(strange / taken["wall"], 3), output=process.stdout or b"")
