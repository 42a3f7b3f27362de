#!/usr/bin/env python3
"""docs/promises.md holds: each row has tests, and each test, error code, bound and default that it names is there."""

import os
import re
import subprocess
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/promises.md"
IDS = {f"A{n}" for n in [*range(1, 17), *range(20, 28), 30, 31, 35, 38, 43, 44, 45]}
SOURCES = {"Limits": "include/nbcrawl/limits.hpp"}


def rows():
    """id → its cells: promise, bounds, errors, tests."""
    table = {}
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if re.fullmatch(r"A\d+", cells[0]):
            assert len(cells) == 5 and cells[0] not in table, line
            table[cells[0]] = cells[1:]
    return table


def quoted(cell):
    return re.findall(r"`([^`]+)`", cell)


def file_of(test):
    """Where a test stands; None: no test has such a name."""
    if unit := re.fullmatch(r"unit\.(\w+): (\w+\.cpp)", test):
        return f"tests/unit/{unit[1]}/{unit[2]}"
    if script := re.fullmatch(r"(loopback|cli|hostile|hardening|regress)\.(\w+)", test):
        return f"tests/{script[1]}/{script[2]}_test.py"
    if replay := re.fullmatch(r"fuzz_replay\.(\w+)", test):
        return f"tests/fuzz/{replay[1]}_fuzz.cpp"
    return None


def defaults_of_help():
    """Flag → what `fetch --help` says that it is by default."""
    text = subprocess.run([os.environ["NBCRAWL"], "fetch", "--help"], capture_output=True, text=True, timeout=20).stdout
    options = re.findall(r"^  ([^ ]*--[^ ]*)(?: [^ =]+=(\S+)| \S+ \[([^\]]+)\])?", text, re.M)
    return {name: assigned or bracketed for names, assigned, bracketed in options for name in names.split(",")}


class Promises(unittest.TestCase):
    maxDiff = None

    def test_every_promise_has_its_row(self):
        self.assertEqual(set(rows()), IDS)

    def test_each_row_names_tests_that_are_there_or_says_that_there_are_none(self):
        for row, (*_, tests) in rows().items():
            names = quoted(tests)
            self.assertTrue(names or tests.startswith("none yet"), row)
            for name in names:
                with self.subTest(row=row, test=name):
                    self.assertTrue(name in ("fuzz_replay.*", "tests/soak 10") or file_of(name) and (ROOT / file_of(name)).is_file())

    def test_each_error_is_one_that_a_record_can_have(self):
        codes = set(re.findall(r'return "(\w+)"', (ROOT / "src/base/error.cpp").read_text()))
        for row, (_, _, errors, _) in rows().items():
            self.assertLessEqual(set(quoted(errors)), codes, row)

    def test_each_bound_is_the_codes_own(self):
        helped = defaults_of_help()
        seen = 0
        for row, (_, bounds, _, _) in rows().items():
            flags = re.findall(r"`(--[\w-]+)` = `([^`]+)`", bounds)
            names = re.findall(r"`(Limits|src/[^`]+)` `(\w+)` = `([^`]+)`", bounds)
            self.assertEqual(len(flags) + len(names), bounds.count(" = "), row)
            seen += len(flags) + len(names)
            for flag, value in flags:
                with self.subTest(row=row, flag=flag):
                    self.assertEqual(helped.get(flag), value)
            for where, name, value in names:
                with self.subTest(row=row, name=name):
                    source = (ROOT / SOURCES.get(where, where)).read_text()
                    self.assertRegex(source, r"\b" + name + "(?: = |{)" + re.escape(value) + "}?;")
        self.assertGreater(seen, 20)


if __name__ == "__main__":
    unittest.main(verbosity=2)
