#!/usr/bin/env python3
"""Holds the include arrows of ARCHITECTURE.md against the code.

Usage: check_layers.py [ROOT]     ROOT is the project's folder, by default the parent of this file's folder.

A module is a folder of src/. It may include itself, what stands in ARROWS below it (and what those may include), base,
and the public headers. Public headers include public headers and the standard library, nothing else. A third-party
header is allowed where THIRD_PARTY says so and nowhere else. Exit status 1, and one line per fault, where one is broken.
"""

import re
import sys
from pathlib import Path
from typing import NamedTuple, Optional

ARROWS = {
    "base": [],
    "io": ["base"],
    "net": ["io"],
    "tls": ["net"],
    "url": ["base"],
    "http": ["url"],
    "content": ["base"],
    "charset": ["base"],
    "html": ["url"],
    "json": ["base"],
    "jobs": ["url", "json"],
    "schedule": ["url"],
    "fetch": ["net", "tls", "http", "content"],
    "callbacks": ["json", "charset", "http", "html", "url"],
    "sinks": ["base"],
    "state": ["base"],
    "crawl": ["jobs", "schedule", "fetch", "callbacks", "sinks", "state"],
    "serve": ["net", "http", "charset"],
    "cli": ["crawl", "serve"],
}

# Modules that turn bytes into values: no system header, so that tests and fuzzers need no network and no files.
PURE = {"url", "json", "http", "content", "charset", "html"}

# First part of the header's name -> the modules that may include it.
THIRD_PARTY = {
    "spdlog": {"base"},
    "ares": {"net"},
    "openssl": {"tls", "base"},
    "unicode": {"url", "charset"},
    "llhttp": {"http"},
    "libpsl": {"http"},
    "nghttp2": {"http"},
    "zlib": {"content"},
    "brotli": {"content"},
    "zstd": {"content"},
    "nlohmann": {"json", "serve", "cli"},
    "sqlite3": {"state"},
    "CLI": {"cli"},
    "toml++": {"cli"},
}

SYSTEM = set(
    "arpa dirent fcntl ifaddrs linux net netdb netinet poll pthread pwd sched signal spawn sys syslog termios time "
    "unistd".split()
)

MAX_LINES = 500

INCLUDE = re.compile(r'\s*#\s*include\s*(?:<([^>]+)>|"([^"]+)")')
STANDARD = re.compile(r"[a-z_]+")  # <vector>; <stdio.h> is written <cstdio>


class Fault(NamedTuple):
    path: Path
    line: int
    message: str


def reachable(module: str) -> set[str]:
    """What a module may include: itself, base, and everything below it."""
    found = {"base"}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in found or name == module:
            found.add(name)
            waiting.extend(ARROWS[name])
    return found


def angle_fault(header: str, module: Optional[str]) -> Optional[str]:
    """What is wrong with <header> in this module, None meaning the public headers."""
    if STANDARD.fullmatch(header):
        return None
    if module is None:
        return f"a public header may include the standard library and public headers only, not <{header}>"
    first = re.split(r"[/.]", header)[0]
    library = next((name for name in THIRD_PARTY if first == name or first.startswith(name + "_")), None)
    if library:
        if module in THIRD_PARTY[library]:
            return None
        return f"<{header}> belongs to {', '.join(sorted(THIRD_PARTY[library]))}, not to {module}"
    if first in SYSTEM:
        return f"{module} does no I/O and may not include <{header}>" if module in PURE else None
    return f"<{header}> is not known: a library of ours to be added to {Path(__file__).name}, or a C header with a C++ name"


def quoted_fault(root: Path, header: str, module: Optional[str]) -> Optional[str]:
    """What is wrong with "header" in this module, None meaning the public headers."""
    target = header.split("/")[0]
    public = target == "nbcrawl"
    if not (root / ("include" if public else "src") / header).is_file():
        return f'"{header}" is no file below src/, nor below include/nbcrawl/'
    if public:
        return None
    if module is None:
        return f'a public header may not include "{header}"'
    if target not in reachable(module):
        return f'{module} may not include {target} ("{header}")'
    return None


def file_faults(root: Path, path: Path, module: Optional[str]) -> list[Fault]:
    faults = []
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        include = INCLUDE.match(line)
        if not include:
            continue
        angle, quoted = include.groups()
        message = angle_fault(angle, module) if angle else quoted_fault(root, quoted, module)
        if message:
            faults.append(Fault(path, number, message))
    if len(lines) > MAX_LINES:
        faults.append(Fault(path, len(lines), f"{len(lines)} lines; a file has at most {MAX_LINES}"))
    return faults


def sources(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in {".cpp", ".hpp", ".c", ".h"})


def check(root: Path) -> tuple[int, list[Fault]]:
    """The number of files looked at, and the faults."""
    faults = []
    public = sources(root / "include")
    for path in public:
        faults += file_faults(root, path, None)
    private = sources(root / "src")
    for path in private:
        module = path.relative_to(root / "src").parts[0]
        if module in ARROWS:
            faults += file_faults(root, path, module)
        else:
            faults.append(Fault(path, 1, f"{module} is not a module that {Path(__file__).name} knows"))
    return len(public) + len(private), faults


def main() -> int:
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    count, faults = check(root)
    for fault in faults:
        print(f"{fault.path.relative_to(root)}:{fault.line}: {fault.message}")
    if count == 0:
        print(f"no sources below {root}")
        return 1
    print(f"{count} files, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
