#!/usr/bin/env python3
"""What other files test of one loop holds on threads too: here their tests run once more, with --threads 3."""

import unittest

import back_pressure_test
import exec_test
import redirect_test
import signals_test

AGAIN = {
    back_pressure_test.BackPressureTest: ["test_a_sleeping_reader_of_a_pipe_with_ordered_output"],
    back_pressure_test.LargePagesTest: ["test_large_pages_under_way_rest_while_nobody_reads"],
    exec_test.ExecTest: ["test_callbacks_run_in_order"],
    exec_test.ManyTest: ["test_large_pages_wait_for_slow_commands"],
    exec_test.EndTest: ["test_a_signal_lets_running_commands_end", "test_a_second_signal_kills_them_and_what_they_started"],
    redirect_test.RedirectTest: [
        "test_a_chain_is_followed_and_told", "test_secrets_stay_with_their_origin",
        "test_a_redirect_to_a_host_that_is_full_cannot_deadlock"],
    signals_test.SignalsTest: [
        "test_once_finishes_what_is_in_flight_and_starts_no_more", "test_twice_stops_at_once",
        "test_what_was_fetched_is_written_before_it_ends"],
}


class OnThreads:
    """In front of a Case: its runs of the command are on threads."""

    def start(self, command, *arguments, **options):
        return super().start(command, *(["--threads", 3] if command == "fetch" else []), *arguments, **options)


def load_tests(loader, tests, pattern):
    for case, names in AGAIN.items():
        on_threads = type(case.__name__ + "OnThreads", (OnThreads, case), {})
        tests.addTests(on_threads(name) for name in names)
    return tests


if __name__ == "__main__":
    unittest.main()
