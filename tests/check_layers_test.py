#!/usr/bin/env python3
"""Shows that check_layers.py fails: each forbidden include, planted in a copy of the tree, is found and named."""

import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHECK = ROOT / "tests" / "check_layers.py"


class CheckLayers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        for name in ("src", "include"):
            shutil.copytree(ROOT / name, self.root / name)

    def run_check(self):
        return subprocess.run([sys.executable, CHECK, self.root], capture_output=True, text=True, timeout=60)

    def plant(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def expect_fault(self, path, include, message):
        self.plant(path, f"#pragma once\n\n#include {include}\n")
        result = self.run_check()
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertIn(f"{path}:3: {message}", result.stdout)

    def expect_no_fault(self, path, include):
        self.plant(path, f"#pragma once\n\n#include {include}\n")
        self.assertNotIn(path, self.run_check().stdout)

    def test_include_upwards(self):
        self.plant("src/net/planted_target.hpp", "#pragma once\n")
        self.expect_fault("src/io/planted.hpp", '"net/planted_target.hpp"', "io may not include net")

    def test_include_sideways(self):
        self.plant("src/io/planted_target.hpp", "#pragma once\n")
        self.expect_fault("src/callbacks/planted.hpp", '"io/planted_target.hpp"', "callbacks may not include io")

    def test_public_header_including_a_module(self):
        self.plant("src/base/planted_target.hpp", "#pragma once\n")
        self.expect_fault("include/nbcrawl/planted.hpp", '"base/planted_target.hpp"', "a public header may not include")

    def test_public_header_including_third_party(self):
        self.expect_fault("include/nbcrawl/planted.hpp", "<nlohmann/json.hpp>", "a public header may include")

    def test_public_header_including_a_system_header(self):
        self.expect_fault("include/nbcrawl/planted.hpp", "<sys/socket.h>", "a public header may include")

    def test_third_party_in_the_wrong_module(self):
        for module, include in (
            ("io", "<spdlog/spdlog.h>"),
            ("http", "<ares.h>"),
            ("fetch", "<llhttp.h>"),
            ("html", "<unicode/ucnv.h>"),
            ("url", "<nlohmann/json.hpp>"),
            ("crawl", "<CLI/CLI.hpp>"),
            ("fetch", "<nghttp2/nghttp2.h>"),
            ("net", "<openssl/ssl.h>"),
            ("crawl", "<sqlite3.h>"),
            ("http", "<zlib.h>"),
        ):
            with self.subTest(module=module, include=include):
                self.expect_fault(f"src/{module}/planted.hpp", include, f"{include} belongs to")
                (self.root / f"src/{module}/planted.hpp").unlink()

    def test_unknown_library(self):
        self.expect_fault("src/net/planted.hpp", "<boost/asio.hpp>", "<boost/asio.hpp> is not known")

    def test_system_header_in_a_pure_module(self):
        self.expect_fault("src/http/planted.hpp", "<sys/socket.h>", "http does no I/O")

    def test_include_of_a_missing_file(self):
        self.expect_fault("src/io/planted.hpp", '"base/no_such_file.hpp"', '"base/no_such_file.hpp" is no file')

    def test_include_without_its_module(self):
        self.plant("src/io/planted_target.hpp", "#pragma once\n")
        self.expect_fault("src/io/planted.hpp", '"planted_target.hpp"', '"planted_target.hpp" is no file')

    def test_unknown_module(self):
        self.plant("src/utils/planted.hpp", "#pragma once\n")
        result = self.run_check()
        self.assertEqual(result.returncode, 1)
        self.assertIn("src/utils/planted.hpp:1: utils is not a module", result.stdout)

    def test_file_of_501_lines(self):
        self.plant("src/io/planted.hpp", "//\n" * 501)
        result = self.run_check()
        self.assertEqual(result.returncode, 1)
        self.assertIn("src/io/planted.hpp:501: 501 lines", result.stdout)

    def test_tree_without_sources(self):
        shutil.rmtree(self.root / "src")
        shutil.rmtree(self.root / "include")
        self.assertEqual(self.run_check().returncode, 1)

    def test_allowed_includes(self):
        self.plant("src/io/planted_target.hpp", "#pragma once\n")
        self.plant("src/base/planted_target.hpp", "#pragma once\n")
        for path, include in (
            ("src/io/planted.hpp", '"base/planted_target.hpp"'),
            ("src/sinks/planted.hpp", '"base/planted_target.hpp"'),
            ("src/fetch/planted.hpp", '"io/planted_target.hpp"'),
            ("src/cli/planted.hpp", '"io/planted_target.hpp"'),
            ("src/http/planted.hpp", '"nbcrawl/error.hpp"'),
            ("src/http/planted.hpp", "<llhttp.h>"),
            ("src/net/planted.hpp", "<sys/socket.h>"),
            ("src/io/planted.hpp", "<string_view>"),
            ("include/nbcrawl/planted.hpp", "<chrono>"),
            ("src/io/planted.hpp", "<cstdint>"),
        ):
            with self.subTest(path=path, include=include):
                self.expect_no_fault(path, include)
                (self.root / path).unlink()


if __name__ == "__main__":
    unittest.main()
