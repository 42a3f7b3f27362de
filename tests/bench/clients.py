"""How each client is told to fetch a list of URLs and to deliver the bodies."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from measure import PROGRAMS, ROOT

NBCRAWL = Path(os.environ.get("NBCRAWL", ROOT / "build/release/nbcrawl")).absolute()


@dataclass
class Load:
    """What is to be fetched. The lists hold the same URLs in the same order."""

    urls: list
    connections: int  # at once
    folder: Path  # for the lists
    authority: Path | None = None  # certificate of an https server

    def __post_init__(self):
        self.json = self.folder / "jobs.json"
        self.lines = self.folder / "urls.txt"
        self.curl = self.folder / "curl.conf"
        self.json.write_text("[\n" + ",\n".join(json.dumps({"url": url}) for url in self.urls) + "\n]\n")
        self.lines.write_text("".join(url + "\n" for url in self.urls))
        self.curl.write_text("".join(f'url = "{url}"\n' for url in self.urls))


def nbcrawl(load, *more):
    trust = ["--cacert", load.authority] if load.authority else []
    return [NBCRAWL, "fetch", "-s", "-P", load.connections, "--per-host", load.connections, *trust, *more, load.json]


def curl(load, *more):
    trust = ["--cacert", load.authority] if load.authority else []
    return ["curl", "-s", "-Z", "--parallel-max", min(load.connections, 300), *trust, *more, "-K", load.curl]


def wget2(load, *more):
    trust = [f"--ca-certificate={load.authority}", "--ca-directory="] if load.authority else []
    return ["wget2", "-q", "-O", "-", f"--max-threads={load.connections}", "--tries=1", "--no-config", *trust, *more,
            "-i", load.lines]


def aria2(load):
    """It writes files only."""
    named = load.folder / "aria2.txt"
    named.write_text("".join(f"{url}\n  out={i}\n" for i, url in enumerate(load.urls)))
    return ["aria2c", "--quiet", "--no-conf", f"-j{load.connections}", "--file-allocation=none", "--auto-file-renaming=false",
            "--allow-overwrite=true", "-d", load.folder / "aria2", "-i", named]


def wrk(load):
    """Asks for one URL, for a time."""
    return ["wrk", "-t1", f"-c{load.connections}", "-d1", load.urls[0]]


def h2load(load, *more):
    """Asks for one URL."""
    return ["h2load", "-t1", "-n", len(load.urls), *(more or ["--h1", "-c", load.connections]), load.urls[0]]


def floor(load, *more):
    """Asks for one URL."""
    scheme, _, rest = load.urls[0].partition("://")
    authority, _, path = rest.partition("/")
    tls = ["--tls", load.authority, authority.partition(":")[0]] if scheme == "https" else []
    return [PROGRAMS / "bench_floor", authority.partition(":")[2], "/" + path, len(load.urls), load.connections, *tls, *more]


def versions():
    """Of all that takes part, by name."""
    found = {}
    for name, words in (("nbcrawl", [NBCRAWL, "--version"]), ("curl", ["curl", "--version"]), ("wget2", ["wget2", "--version"]),
                        ("aria2", ["aria2c", "--version"]), ("wrk", ["wrk", "--version"]), ("h2load", ["h2load", "--version"]),
                        ("nginx", ["/usr/sbin/nginx", "-v"]), ("kernel", ["uname", "-rm"]), ("compiler", ["g++", "--version"])):
        try:
            said = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        except FileNotFoundError:
            continue
        found[name] = said.stdout.decode().splitlines()[0]
    model = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    found["processor"] = f"{os.cpu_count()} of {model[0].partition(': ')[2]}" if model else str(os.cpu_count())
    return found
