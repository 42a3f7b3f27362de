#!/usr/bin/env python3
"""The command as it is built by default: what readelf says of it, and the compiler was told of each source file, must hold."""

import json
import os
import re
import shlex
import subprocess
import unittest
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[2] / "src"


def readelf(*options):
    return subprocess.run(["readelf", *options, os.environ["NBCRAWL"]], check=True, capture_output=True, text=True).stdout


class BuildFlagsTest(unittest.TestCase):
    def test_its_place_in_memory_is_random(self):
        self.assertRegex(readelf("-hW"), r"Type: +DYN")
        self.assertRegex(readelf("-dW"), r"FLAGS_1.*\bPIE\b")

    def test_the_tables_of_the_linker_are_read_only_before_main(self):
        self.assertIn("GNU_RELRO", readelf("-lW"))
        self.assertRegex(readelf("-dW"), r"BIND_NOW|FLAGS_1.*\bNOW\b")
        self.assertNotIn("TEXTREL", readelf("-dW"))

    def test_nothing_is_both_writable_and_executable(self):
        segments = re.findall(r"^ +(LOAD|GNU_STACK) +(?:0x[0-9a-f]+ +){5}([RWE ]{3})", readelf("-lW"), re.MULTILINE)
        self.assertIn("GNU_STACK", [kind for kind, _ in segments])
        for kind, flags in segments:
            self.assertFalse("W" in flags and "E" in flags, (kind, flags))

    def test_checks_are_compiled_in(self):
        symbols = readelf("--dyn-syms", "-W")
        for flag, symbol in (("-fstack-protector-strong", r"__stack_chk_fail"), ("_FORTIFY_SOURCE", r"__\w+_chk@GLIBC"),
                             ("_GLIBCXX_ASSERTIONS", r"__glibcxx_assert_fail")):
            self.assertTrue(re.search(symbol, symbols), f"{flag}: {symbol} is not called")

    def test_each_source_file_is_compiled_with_them(self):
        commands = json.loads((Path(os.environ["NBCRAWL"]).parent / "compile_commands.json").read_text())
        options = {unit["file"]: shlex.split(unit["command"]) for unit in commands if unit["file"].endswith(".cpp")}
        ours = [str(file) for file in SOURCES.rglob("*.cpp")]
        self.assertGreater(len(ours), 100)
        for file in ours:
            for option in ("-fstack-protector-strong", "-fstack-clash-protection", "-D_FORTIFY_SOURCE=3", "-D_GLIBCXX_ASSERTIONS"):
                self.assertIn(option, options[file], file)


if __name__ == "__main__":
    unittest.main()
