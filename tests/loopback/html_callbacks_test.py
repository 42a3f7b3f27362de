#!/usr/bin/env python3
"""The callbacks that read HTML: links, title, text."""

import html.parser
import unittest
import urllib.parse
from pathlib import Path

from harness import Case
from scripted_server import ScriptedServer, response

PAGE = """<!DOCTYPE html><html><head><title>
  新闻 &amp; 天气 </title><base href="/news/">
<meta http-equiv="refresh" content="60; url=later.html">
<link rel="stylesheet" href="style.css"><link rel="next" href="2.html"></head>
<body><h1>今天</h1><p>晴 <b>20&deg;</b></p>
<script>document.write('<a href="x.html">x</a>')</script><!-- <a href="y.html"> -->
<a href="搜索?词=雨#top">雨</a> <a href="//EXAMPLE.org:80">e</a> <a href="#top">t</a> <a href="mailto:a@b">m</a>
<a href="2.html#x">2</a></body></html>
"""
LINKS = """\
{origin}/news/later.html
{origin}/news/2.html
{origin}/news/%E6%90%9C%E7%B4%A2?%B4%CA=%D3%EA
http://example.org/
{origin}/news/
"""
PAGE_RELATIONS = {"next", "prev", "up", "help", "start", "index", "canonical", "copyright", "contents", "first", "last"}
TREES = [Path("/usr/share/doc/rust-doc"), Path("/usr/share/doc/harden-doc")]  # the same pages on each machine
WANTED = 500


class HtmlCallbacksTest(Case):
    def setUp(self):
        super().setUp()
        self.server = self.enterContext(ScriptedServer())

    def serve(self, body, content_type="text/html", path="/dir/page.html"):
        self.server.pages[path] = response(body, f"Content-Type: {content_type}")
        return self.server.url(path)

    def result(self, callback, url):
        outcome = self.fetch("--callback", callback, url)
        self.assert_status(outcome, 0)
        return outcome.text

    def test_a_page_in_gbk_with_a_base(self):
        for content_type in ("text/html; charset=gb2312", "text/html", "application/xhtml+xml;charset=GBK"):
            with self.subTest(content_type):
                url = self.serve(PAGE.encode("gbk"), content_type)
                self.assertEqual(self.result("title", url), "新闻 & 天气\n")
                self.assertEqual(self.result("text", url), "今天\n\n晴 20°\n\n雨 e t m 2\n")
                self.assertEqual(self.result("links", url), LINKS.format(origin=self.server.origin))

    def test_the_same_page_in_utf_8_has_its_queries_in_utf_8(self):
        url = self.serve(PAGE.encode(), "text/html; charset=utf-8")
        self.assertEqual(self.result("title", url), "新闻 & 天气\n")
        self.assertIn("?%E8%AF%8D=%E9%9B%A8\n", self.result("links", url))

    def test_the_charset_is_in_the_record(self):
        url = self.serve(PAGE.encode("gbk"), "text/html; charset=gb2312")
        for callback in ("links", "title", "text"):
            [record], outcome = self.records_of("--callback", callback, url)
            self.assert_status(outcome, 0)
            self.assertEqual((record["charset"], record["charset_source"]), ("gbk", "content-type"))

    def test_links_are_resolved_against_where_redirects_led(self):
        self.serve(b"<a href=c>", path="/x/y")
        self.server.pages["/a/b"] = response(b"", "Location: /x/y", status="302 Found")
        self.assertEqual(self.result("links", self.server.url("/a/b")), self.server.url("/x/c\n"))

    def test_a_base_that_makes_gigabytes_of_links_fails_its_job_alone(self):
        base = f"<base href=/{'b' * 500_000}/>".encode()
        jobs = [self.serve(base + b"".join(b"<a href=%d>" % i for i in range(1000)), path="/huge"), self.serve(b"<a href=c>", path="/x/y")]
        records, outcome = self.records_of("--callback", "links", *jobs)
        records.sort(key=lambda record: record["url"])
        self.assertEqual([record.get("error") for record in records], ["callback_failed", None])
        self.assertEqual(records[0]["error_detail"], "the links of this page have more than 67108864 bytes")
        self.assertLess(outcome.max_rss_kib, 160 * 1024)

    def test_what_is_no_html_has_no_links_and_no_title(self):
        page = b"<title>a</title><a href=b>c</a>\n"
        for content_type in ("text/plain", "image/png", "application/json"):
            with self.subTest(content_type):
                url = self.serve(page, content_type)
                self.assertEqual(self.result("links", url), "")
                self.assertEqual(self.result("title", url), "\n")
                self.assertEqual(self.result("text", url), page.decode() if content_type == "text/plain" else "")
        self.server.pages["/untyped"] = response(page)
        self.assertEqual(self.result("links", self.server.url("/untyped")), self.server.url("/b\n"))

    def test_several_in_order_and_an_argument_refused(self):
        url = self.serve(b"<title>a</title><a href=b>c</a>")
        outcome = self.fetch("--callback", "title", "--callback", "links", url)
        self.assertEqual(outcome.text, "a\n" + self.server.url("/dir/b\n"))
        outcome = self.fetch("--callback", "links:x", url)
        self.assert_status(outcome, 2)
        self.assertIn("callback: 'links:x': it takes no argument", outcome.stderr)

    def test_a_hostile_page_takes_linear_time_and_little_stack(self):
        pages = {
            "nested": b"<div>" * 1_000_000,
            "attribute": b"<a href='" + b"x" * 20_000_000 + b"'>end",
            "attributes": b"<a" + b" b=c" * 2_000_000 + b">",
            "links": b"".join(b"<a href=%d>" % i for i in range(300_000)),
            "query": b"<a href='?" + "\N{GRINNING FACE}".encode("gb18030") * 200_000 + b"'>",
        }
        for name, page in pages.items():
            self.serve(page, "text/html; charset=gb2312", f"/{name}")
        for callback in ("links", "text"):
            urls = [self.server.url(f"/{name}") for name in pages]
            outcome = self.fetch("--callback", callback, *urls, "-o", "out", stack_kib=256)
            self.assert_status(outcome, 0)
            self.assertLess(outcome.cpu_seconds, 5)

    def test_giant_pages_take_little_more_memory_than_their_own_size(self):
        mib = 1 << 20
        pages = {  # and how many MiB a run may take beside it: for the body's growth, or two sets of a million links
            "attribute": (b"<a href='" + b"x" * 100_000_000 + b"'>end", 64),
            "links": (b"".join(b"<a href=%d>" % i for i in range(1_000_000)), 160),
        }
        for name, (page, more_mib) in pages.items():
            self.serve(page, "text/html; charset=utf-8", f"/{name}")
            url = self.server.url(f"/{name}")
            for callback in ("links", "title"):
                outcome = self.fetch("--callback", callback, "--max-filesize", "128M", url, "-o", "out", stack_kib=256)
                self.assert_status(outcome, 0)
                self.assertLess(outcome.cpu_seconds, 5)
                self.assertLess(outcome.max_rss_kib, (len(page) / mib + more_mib) * 1024, (name, callback))

    def test_real_pages_have_the_links_that_another_parser_finds(self):
        pages = (page for tree in TREES for page in tree.rglob("*.html"))
        pages = sorted(pages, key=lambda path: (hash_of(path.name), path))[:WANTED]
        self.assertEqual(len(pages), WANTED, f"too few pages below {TREES}: tools/setup installs them")
        for i, page in enumerate(pages):
            self.serve(page.read_bytes(), "text/html; charset=utf-8", f"/{i}/p")
        urls = self.write("urls.txt", "".join(self.server.url(f"/{i}/p\n") for i in range(WANTED)))
        records, outcome = self.records_of("--callback", "links", urls)
        self.assert_status(outcome, 0)
        total = 0
        for page, record in zip(pages, records, strict=True):
            found = [urllib.parse.unquote(link) for link in record["body"].splitlines()]
            expected = links_of(page.read_text(errors="replace"), record["url"])
            self.assertEqual(found, expected, page)
            total += len(found)
        self.assertGreater(total, 5000)


def hash_of(name):
    """A shuffle that is the same each time."""
    value = 0
    for byte in name.encode():
        value = (value * 31 + byte) % 1_000_003
    return value


class LinkParser(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.references = []

    def handle_starttag(self, tag, attrs):
        first = dict(reversed(attrs))
        if tag in ("a", "area"):
            self.references.append(first.get("href"))
        if tag in ("iframe", "frame"):
            self.references.append(first.get("src"))
        if tag == "link" and PAGE_RELATIONS & set((first.get("rel") or "").lower().split()) and not first.get("type"):
            self.references.append(first.get("href"))


def links_of(text, url):
    parser = LinkParser()
    parser.feed(text)
    found = {}
    for reference in parser.references:
        if reference is None or reference.startswith("#"):
            continue
        link = urllib.parse.urlsplit(urllib.parse.urljoin(url, reference.strip()))
        if link.scheme in ("http", "https"):  # urljoin normalises less than we do
            link = link._replace(netloc=link.netloc.lower(), path=link.path or "/", fragment="")
            found[urllib.parse.unquote(link.geturl())] = True
    return list(found)


if __name__ == "__main__":
    unittest.main()
