"""Waits for descriptors of any number: select() takes those below 1024 only, and a test of a thousand connections has more."""

import select


def wait_readable(*files, seconds=None):
    """Until one has something to read, or its end: whether one has after so many seconds, at most."""
    poll = select.poll()
    for file in files:
        poll.register(file, select.POLLIN)
    return bool(poll.poll(None if seconds is None else max(0, seconds) * 1000))
