"""Redirects to nowhere, for ever, or to where no fetcher may go (promises A2, A3)."""

from row import BAD_REDIRECT, failures, head, successes


def moved(location, status="302 Found"):
    return head(f"Location: {location}", "Content-Length: 0", status=status)


ROWS = [
    *failures(BAD_REDIRECT, {
        "redirect-to-file": moved("file:///etc/passwd"),
        "redirect-to-ftp": moved("ftp://127.0.0.1/"),
        "redirect-to-data": moved("data:text/plain,x"),
        "redirect-to-javascript": moved("javascript:alert(1)"),
        "redirect-to-gopher": moved("gopher://127.0.0.1:6379/_FLUSHALL"),
        "redirect-to-unknown-scheme": moved("x-what://127.0.0.1/"),
        "redirect-to-mailto": moved("mailto:a@b.test"),
        "redirect-to-about": moved("about:blank"),
        "redirect-to-bad-host": moved("http://[::bad"),
        "redirect-to-empty-host": moved("http:///"),
        "redirect-to-host-with-space": moved("http://a b/"),
        "redirect-to-host-with-escaped-nul": moved("http://a%00b/"),
        "redirect-to-bad-port": moved("http://127.0.0.1:99999/"),
        "redirect-to-port-of-letters": moved("http://127.0.0.1:x/"),
        "redirect-to-itself": lambda c, r: c.send(moved(r.path)),
        "redirect-to-itself-308": lambda c, r: c.send(moved(r.path, status="308 Permanent Redirect")),
        "redirect-to-nothing": moved(""),
        "redirect-to-fragment": moved("#top"),
    }),
    *successes({
        "redirect-without-location": (head("Content-Length: 5", status="302 Found") + "hello", "hello"),
        "redirect-300-without-location": (head("Content-Length: 5", status="300 Choices") + "hello", "hello"),
        "location-on-200": (head("Location: file:///etc/passwd", "Content-Length: 5") + "hello", "hello"),
    }),
]
