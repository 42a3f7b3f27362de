#!/usr/bin/env python3
"""A large tree of real pages, fetched through nginx, is byte for byte what the files are."""

import base64
import json
import unittest
import urllib.parse
from pathlib import Path

from harness import Case
from nginx import Nginx

TREE = Path("/usr/share/doc")
WANTED = 20_000
ENOUGH = 2_000


def pages():
    """Pages of the installed documentation: regular files, none of which nginx would compress or refuse."""
    found = []
    for suffix in ("*.html", "*.htm", "*.css", "*.txt"):
        for path in sorted(TREE.rglob(suffix)):
            if path.is_file() and path.stat().st_size < 4_000_000:
                found.append(path)
                if len(found) == WANTED:
                    return found
    return found


class DocumentationTest(Case):
    @classmethod
    def setUpClass(cls):
        cls.pages = pages()
        print(f"{len(cls.pages)} pages, {sum(page.stat().st_size for page in cls.pages) / 1e6:.0f} MB")
        assert len(cls.pages) >= ENOUGH, f"too few pages below {TREE}: tools/setup installs them"
        cls.nginx = cls.enterClassContext(Nginx(TREE))

    def setUp(self):
        super().setUp()
        self.list = self.write("list.txt", "".join(
            f"{self.nginx.origin}/{urllib.parse.quote(str(page.relative_to(TREE)))}\n" for page in self.pages))

    def test_records_hold_every_byte(self):
        out = self.folder / "records"
        outcome = self.fetch(
            "--callback", "raw", "--jsonl", "--body", "base64", "--fields", "id,status,body_base64", "-o", out, self.list, limit=150)
        self.assert_status(outcome, 0)
        seen = set()
        with out.open() as lines:
            for line in lines:
                record = json.loads(line)
                self.assertEqual(record["status"], 200)
                page = self.pages[int(record["id"])]
                self.assertTrue(base64.b64decode(record["body_base64"]) == page.read_bytes(), page)
                seen.add(record["id"])
        self.assertEqual(len(seen), len(self.pages))

    def test_bodies_on_standard_output_are_whole_and_in_order(self):
        with self.start_fetch("--ordered", "--callback", "raw", self.list, read_stdout=False) as command:
            for page in self.pages:
                expected = page.read_bytes()
                self.assertTrue(command.process.stdout.read(len(expected)) == expected, page)
            self.assertEqual(command.process.stdout.read(), b"")
            self.assert_status(command.finish(), 0)

    def test_output_dir_holds_the_same_tree(self):
        outcome = self.fetch("--callback", "raw", "--output-dir", "tree", self.list, limit=150)
        self.assert_status(outcome, 0)
        files = [path for path in (self.folder / "tree").rglob("*") if path.is_file()]
        self.assertEqual(len(files), len(self.pages))
        sizes = sorted(path.stat().st_size for path in files)
        self.assertEqual(sizes, sorted(page.stat().st_size for page in self.pages))


if __name__ == "__main__":
    unittest.main()
