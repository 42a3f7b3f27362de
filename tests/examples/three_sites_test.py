#!/usr/bin/env python3
"""three_sites_test.py THREE_SITES NBCRAWL SITE.json: two callbacks in C++ decode pages of the demo site."""

import re
import subprocess
import sys
import unittest

THREE_SITES, NBCRAWL, SITE = sys.argv[1:4]
SECONDS = 20
TITLE = "<h1>一个线程，许多连接"


class ThreeSites(unittest.TestCase):
    def test_each_page_goes_through_its_callback(self):
        site = self.enterContext(subprocess.Popen([NBCRAWL, "serve", SITE, "--port", "0", "--quiet"], stdout=subprocess.PIPE, text=True))
        self.addCleanup(site.kill)
        origin = re.fullmatch(r"listening on (http://127\.0\.0\.1:\d+)\n", site.stdout.readline())[1]
        run = subprocess.run([THREE_SITES, origin], capture_output=True, timeout=SECONDS, encoding="utf-8")
        self.assertEqual(run.returncode, 0, run.stderr)
        pages = {path: text for path, text in re.findall(r"== http://[^/]+(/\S+) \(200, \d+ bytes\)\n(.*?)(?=\n==|\Z)", run.stdout, re.S)}
        self.assertEqual(set(pages), {"/gb2312", "/utf8", "/wrong-label"})
        self.assertIn(TITLE, pages["/gb2312"])
        self.assertIn(TITLE, pages["/wrong-label"])
        self.assertIn("一页多文", pages["/utf8"])
        self.assertTrue(run.stdout.endswith("3 of 3 pages\n"))

    def test_it_says_how_it_is_used(self):
        run = subprocess.run([THREE_SITES], capture_output=True, timeout=SECONDS, text=True)
        self.assertEqual(run.returncode, 2)
        self.assertIn("usage", run.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
