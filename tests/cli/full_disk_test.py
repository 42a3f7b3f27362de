#!/usr/bin/env python3
"""A disk that becomes full or can't be written, for each thing that is written: told with path and cause, status 3, and no half
file (promise A27)."""

import json
import os
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "loopback"))

from harness import Case
from namespaces import make_read_only, mount_small_disk, own_mounts, unmount
from scripted_server import ScriptedServer, response

DISK_KIB = 256
FULL = "No space left on device"


def page_of(size):
    def page(connection, request):
        connection.send(response(request.path.encode().ljust(size, b".")))
        return True
    return page


class FullDiskTest(Case):
    def setUp(self):
        super().setUp()
        mount_small_disk(self.folder, DISK_KIB)
        self.addCleanup(unmount, self.folder)
        pages = {f"/{i}": page_of(20_000) for i in range(100)} | {"/cookies": self.cookies}
        self.server = self.enterContext(ScriptedServer(pages))
        self.write("list.txt", "".join(self.server.url(f"/{i}") + "\n" for i in range(100)))

    @staticmethod
    def cookies(connection, request):
        connection.send(response(b"", *[f"Set-Cookie: c{i}={'x' * 2000}; Max-Age=1000" for i in range(40)]))
        return True

    def fill(self, left_kib):
        """Leaves so much of the disk."""
        with open(self.folder / "filling", "wb") as filling:
            free = os.statvfs(self.folder).f_bavail * os.statvfs(self.folder).f_frsize
            filling.write(bytes(max(0, free - left_kib * 1024)))

    def assert_told(self, outcome, said):
        self.assert_status(outcome, 3)
        self.assertIn(said, outcome.stderr)

    def test_standard_output_and_the_file_of_o(self):
        for options in ([], ["--jsonl"], ["--ordered"], ["-0", "-P", "1"]):
            with self.subTest(options=options):
                with open(self.folder / "redirected", "wb") as redirected:
                    outcome = self.start_fetch(*options, "list.txt", stdout=redirected).finish()
                self.assert_told(outcome, f"nbcrawl: can't write standard output: {FULL}")
                (self.folder / "redirected").unlink()
                self.assert_told(self.fetch(*options, "-o", "out", "list.txt"), f"nbcrawl: can't write out: {FULL}")
                (self.folder / "out").unlink()
        self.assertIn("not all results are written", outcome.stderr)

    def test_each_file_is_whole_or_not_there(self):
        for options in (["--output-dir", "pages"], ["--callback", "save:pages/{index}"]):
            with self.subTest(options=options):
                records, outcome = self.records_of(*options, "list.txt")
                self.assert_told(outcome, FULL)
                self.assertEqual(len(records), 100)
                files = [path for path in (self.folder / "pages").rglob("*") if path.is_file()]
                self.assertEqual(len(files), sum(record["ok"] for record in records))
                self.assertTrue(0 < len(files) < 15)
                for file in files:
                    self.assertEqual(file.stat().st_size, 20_000)
                    self.assertFalse(file.name.startswith(".nbcrawl-"))
                    file.unlink()
                self.assertEqual({record["error"] for record in records if not record["ok"]}, {"output_failed"})

    def test_the_state_goes_on_when_there_is_room_again(self):
        for left_kib in (0, 4, 20, 60):
            with self.subTest(left_kib=left_kib):
                self.fill(left_kib)
                options = ["--state", "state", "--jsonl", "--body", "none", "-o", "out", "--max-filesize", "1M", "list.txt"]
                outcome = self.fetch(*options)
                self.assert_status(outcome, 3)
                self.assertRegex(outcome.stderr, f"nbcrawl: can't (use the state state|write out): {FULL}")
                mount_small_disk(self.folder, 4096, again=True)
                self.assert_status(self.fetch(*options), 0)
                ids = [json.loads(line)["id"] for line in (self.folder / "out").read_text().splitlines()]
                self.assertEqual(sorted(ids, key=int), [str(i) for i in range(100)])
                for path in self.folder.glob("[so]*"):
                    path.unlink()
                (self.folder / "filling").unlink()
                mount_small_disk(self.folder, DISK_KIB, again=True)

    def test_a_state_that_may_only_be_read(self):
        options = ["--jsonl", "--body", "none", "--max-filesize", "1M"]
        self.assert_status(self.fetch("--state", "state", *options, "list.txt"), 0)
        make_read_only(self.folder)
        for state in ("state", "other"):
            outcome = self.fetch("--state", state, *options, "list.txt")
            self.assert_status(outcome, 3)
            self.assertEqual(outcome.stderr, f"nbcrawl: can't use the state {state}: Read-only file system\n")

    def test_cookies_that_were_there_stay(self):
        old = "# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t/\tFALSE\t0\told\tvalue\n"
        self.write("jar", old)
        self.fill(16)
        outcome = self.fetch("-c", "jar", self.server.url("/cookies"))
        self.assert_told(outcome, f"nbcrawl: can't write ./jar: {FULL}")
        self.assertEqual((self.folder / "jar").read_text(), old)
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["filling", "jar", "list.txt"])

    def test_the_log(self):
        self.fill(4)
        outcome = self.fetch("--log-file", "log", "list.txt")
        self.assert_told(outcome, f"nbcrawl: can't write the log file log: {FULL}")
        self.assertEqual(len(outcome.stdout), 100 * 20_000)

    def test_the_access_log_of_serve(self):
        self.write("site.json", json.dumps({"listen": "127.0.0.1:0", "routes": {"/": {"text": "page"}}}))
        self.fill(4)
        serve = self.start("serve", "site.json", "--access-log", "access.log", read_stdout=False)
        origin = serve.process.stdout.readline().split()[-1].decode()
        self.assert_status(self.fetch("-s", *[f"{origin}/?{i}" for i in range(200)]), 0)
        serve.process.terminate()
        self.assert_told(serve.finish(), f"lines are missing in the access log access.log: {FULL}")


def setUpModule():
    own_mounts()


if __name__ == "__main__":
    unittest.main()
