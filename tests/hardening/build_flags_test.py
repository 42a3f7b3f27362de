#!/usr/bin/env python3
"""The command as it is built by default: what readelf says of it must hold (issue 5, part 6)."""

import os
import re
import subprocess
import unittest


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


if __name__ == "__main__":
    unittest.main()
