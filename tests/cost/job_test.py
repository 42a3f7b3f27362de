#!/usr/bin/env python3
"""What a job costs, in figures that no clock and no other program on the machine changes: instructions and system calls.

A change that makes a job dearer fails here, and says by how much. Where it is worth that, or made it cheaper, write the
new figure down; docs/performance.md says how the time itself is measured.
"""

import json
import re
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "loopback"))

from harness import NBCRAWL, Case, need_tracing

# Release build, g++ 12 of Debian 12. Of a kept connection: reading the job from the list, its request, its response of
# 1 KiB, decode, writing the result; not the start of the program.
INSTRUCTIONS_A_JOB = 22_900
TOLERANCE = 0.03

FEW, MANY = 200, 2_200


class CostTest(Case):
    def setUp(self):
        super().setUp()
        page = "<!DOCTYPE html><meta charset=utf-8><title>Cost</title>\n" + "<p>The quick brown fox.</p>\n" * 38
        self.write("site.json", json.dumps({"listen": "127.0.0.1:0", "routes": {"/": {"text": page}}}))
        server = self.start("serve", "site.json", "--port", 0, "-q", read_stdout=False)
        origin = server.process.stdout.readline().split()[-1].decode()
        for count in (FEW, MANY):
            jobs = [{"host": origin.removeprefix("http://"), "path": f"/?{i}"} for i in range(count)]
            self.write(f"{count}.json", json.dumps(jobs, indent=0))

    def run_under(self, tool, count):
        """What the tool says of a run, on its standard error."""
        words = [*tool, NBCRAWL, "fetch", "-s", "-P", "16", "--per-host", "16", f"{count}.json"]
        # Results go to a file: for a pipe that its reader leaves full the loop would be asked.
        with open(self.folder / "results", "wb") as results:
            done = subprocess.run(words, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=results, stderr=subprocess.PIPE,
                                  timeout=60)
            said = done.stderr.decode()
            self.assertEqual(done.returncode, 0, said)
            self.assertGreater(results.tell(), count * 1024)
        return said

    def test_instructions(self):
        def instructions(count):
            said = self.run_under(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"], count)
            return int(re.search(r"Collected : (\d+)", said)[1])

        cost = (instructions(MANY) - instructions(FEW)) / (MANY - FEW)
        change = cost / INSTRUCTIONS_A_JOB - 1
        self.assertLessEqual(abs(change), TOLERANCE, f"{cost:.0f} instructions a job, {change:+.1%}")

    def test_system_calls(self):
        need_tracing()

        def calls(count):
            """Of each system call, how often it was made."""
            said = self.run_under(["strace", "-f", "-c", "-U", "name,calls", "-o", "/dev/stderr"], count)
            return {name: int(calls) for name, calls in re.findall(r"^\s*(\w+)\s+(\d+)\s*$", said, re.MULTILINE)}

        few, many = calls(FEW), calls(MANY)
        cost = {name: (many[name] - few.get(name, 0)) / (MANY - FEW) for name in many if name != "total"}
        # One write and one read. How many connections are ready in a wait is the server's doing: one at worst.
        self.assertAlmostEqual(cost.pop("sendto"), 1, delta=0.01)
        self.assertAlmostEqual(cost.pop("recvfrom"), 1, delta=0.02)
        self.assertLessEqual(cost.pop("epoll_wait"), 1.01)
        self.assertLess(cost.pop("writev"), 0.1, "results are written together")
        cost.pop("clock_nanosleep", 0)  # it spares more waits than it costs
        self.assertLess(sum(cost.values()), 0.02, cost)


if __name__ == "__main__":
    unittest.main()
