#!/usr/bin/env python3
"""--config: options from a file, which the command line overrules; what is wrong in it is told."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "loopback"))
from harness import Case  # noqa: E402
from scripted_server import ScriptedServer  # noqa: E402


class ConfigTest(Case):
    def setUp(self):
        super().setUp()
        self.server = self.enterContext(ScriptedServer())

    def run_with(self, content, *arguments):
        config = self.write("settings.toml", content)
        return self.run_command("fetch", "--config", config, *arguments, self.server.url("/page"))

    def test_options_come_from_the_file(self):
        outcome = self.run_with("[fetch]\njsonl=true\nfields=\"status\"\nuser-agent=\"tester\"\n")
        self.assert_status(outcome, 0)
        self.assertEqual(outcome.records, [{"status": 200}])
        self.assertEqual(self.server.requests[0].fields["user-agent"], "tester")

    def test_the_command_line_wins(self):
        self.run_with("[fetch]\nuser-agent=\"file\"\n", "-A", "command line")
        self.assertEqual(self.server.requests[0].fields["user-agent"], "command line")

    def test_an_unknown_option_or_a_missing_file_is_an_error(self):
        self.assert_status(self.run_with("[fetch]\nnope=1\n"), 2)
        self.assert_status(self.run_command("fetch", "--config", "missing.toml", self.server.url("/")), 2)
        self.assertEqual(self.server.requests, [])


if __name__ == "__main__":
    unittest.main()
