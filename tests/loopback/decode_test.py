#!/usr/bin/env python3
"""Pages in the encodings of the web arrive as the same text in UTF-8."""

import base64
import unittest
from pathlib import Path

from harness import Case
from scripted_server import ScriptedServer, response

DATA = Path(__file__).parents[1] / "data" / "charset"
# Real pages, each stored as UTF-8 too: name of the page, label of its encoding, the UTF-8 one.
PAGES = [
    ("zh-cn.gbk.html", "gb2312", "zh-cn.utf-8.html"),
    ("zh-cn.gbk.html", "gbk", "zh-cn.utf-8.html"),
    ("zh-cn.gbk.html", "gb18030", "zh-cn.utf-8.html"),
    ("zh-tw.big5.html", "big5", "zh-tw.utf-8.html"),
    ("ja.shift_jis.html", "shift_jis", "ja.utf-8.html"),
    ("ja.euc-jp.html", "euc-jp", "ja.utf-8.html"),
    ("ja.iso-2022-jp.html", "iso-2022-jp", "ja.utf-8.html"),
    ("ko.euc-kr.html", "euc-kr", "ko.utf-8.html"),
    ("ru.koi8-r.html", "koi8-r", "ru.utf-8.html"),
    ("ru.windows-1251.html", "windows-1251", "ru.utf-8.html"),
    ("zh-cn.utf-8.html", "utf-8", "zh-cn.utf-8.html"),
]


def text(name):
    return (DATA / name).read_bytes()


def without_meta(page):
    """What a page says of its own encoding would decide before detection does."""
    return page.replace(b"charset", b"x-label")


class DecodeTest(Case):
    def setUp(self):
        super().setUp()
        self.server = self.enterContext(ScriptedServer())

    def serve(self, path, body, *fields):
        self.server.pages[path] = response(body, *fields)
        return self.server.url(path)

    def test_the_content_type_names_the_encoding(self):
        for name, label, expected in PAGES:
            with self.subTest(name, label=label):
                url = self.serve("/page", without_meta(text(name)), f"Content-Type: text/html; charset={label}")
                outcome = self.fetch(url)
                self.assert_status(outcome, 0)
                self.assertEqual(outcome.text, without_meta(text(expected)).decode())

    def test_the_argument_goes_before_what_server_and_page_say(self):
        for name, label, expected in PAGES:
            with self.subTest(name, label=label):
                url = self.serve("/page", text(name), "Content-Type: text/html; charset=iso-8859-1")
                outcome = self.fetch("--callback", f"decode:{label}", url)
                self.assert_status(outcome, 0)
                self.assertEqual(outcome.text, text(expected).decode())

    def test_the_meta_element_is_read_where_the_server_is_silent(self):
        for name, label, expected in PAGES:
            if label in ("gb18030", "gbk"):
                continue
            with self.subTest(name):
                page = b'<meta charset="%s">' % label.encode()
                url = self.serve("/page", page + without_meta(text(name)), "Content-Type: text/html")
                [record], outcome = self.records_of(url)
                self.assert_status(outcome, 0)
                self.assertEqual(record["body"], (page + without_meta(text(expected))).decode())
                self.assertEqual(record["charset_source"], "meta")

    def test_a_page_that_says_nothing_is_detected(self):
        for name, label, expected in PAGES:
            with self.subTest(name):
                url = self.serve("/page", without_meta(text(name)), "Content-Type: text/html")
                [record], outcome = self.records_of(url)
                self.assert_status(outcome, 0)
                self.assertEqual(record["body"], without_meta(text(expected)).decode())
                self.assertEqual(record["charset_source"], "detected")

    def test_a_byte_order_mark_goes_before_the_content_type(self):
        words = "Grüße, мир, 你好"
        for encoding, mark in (("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")):
            with self.subTest(encoding):
                url = self.serve("/page", mark + words.encode(encoding), "Content-Type: text/html; charset=big5")
                [record], outcome = self.records_of(url)
                self.assertEqual(record["body"], words)
                self.assertEqual(record["charset_source"], "bom")

    def test_a_jobs_charset_goes_before_all_but_the_argument(self):
        url = self.serve("/page", "мир".encode("koi8-r"), "Content-Type: text/html; charset=utf-8")
        records, outcome = self.records_of(self.write("jobs", '{"url": "%s", "charset": "koi8-r"}' % url))
        self.assertEqual(records[0]["body"], "мир")

    def test_a_label_that_the_bytes_contradict_is_passed_over(self):
        for name, label, expected in PAGES:
            if label == "iso-2022-jp":
                continue  # seven bits, which contradict nothing
            wrong = "utf-8" if label != "utf-8" else "gbk"
            with self.subTest(name, wrong=wrong):
                url = self.serve("/page", without_meta(text(name)), f"Content-Type: text/html; charset={wrong}")
                outcome = self.fetch(url)
                self.assert_status(outcome, 0)
                self.assertEqual(outcome.text, without_meta(text(expected)).decode())

    def test_what_cannot_be_decoded_becomes_replacement_characters_and_no_failure(self):
        url = self.serve("/page", "你好".encode("gbk") + b" ok")
        outcome = self.fetch("--callback", "decode:utf-8", url)
        self.assert_status(outcome, 0)
        self.assertRegex(outcome.text, "^\ufffd+ ok$")

    def test_an_unknown_label_of_the_server_is_passed_over(self):
        url = self.serve("/page", "你好".encode(), "Content-Type: text/html; charset=klingon")
        outcome = self.fetch(url)
        self.assert_status(outcome, 0)
        self.assertEqual(outcome.text, "你好")

    def test_what_is_no_text_stays_as_it_is_unless_a_charset_is_named(self):
        body = "你好".encode("gbk") * 100 + bytes(range(256))
        for content_type in ("image/png", "application/octet-stream", "application/gzip", "application/vnd.ms-excel"):
            url = self.serve("/page", body, f"Content-Type: {content_type}")
            with self.subTest(content_type):
                outcome = self.fetch(url)
                self.assert_status(outcome, 0)
                self.assertEqual(outcome.stdout, body)
                [record], _ = self.records_of(url)
                self.assertNotIn("charset", record)
                self.assertEqual(base64.b64decode(record["body_base64"]), body)
                self.assertTrue(self.fetch("--callback", "decode:gbk", url).text.startswith("你好你好"))
        url = self.serve("/page", "你好".encode("gbk"), "Content-Type: application/octet-stream; charset=gbk")
        self.assertEqual(self.fetch(url).text, "你好")

    def test_raw_leaves_every_byte_as_it_is(self):
        body = bytes(range(256)) * 10
        outcome = self.fetch("--callback", "raw", self.serve("/page", body, "Content-Type: text/html; charset=big5"))
        self.assertEqual(outcome.stdout, body)


if __name__ == "__main__":
    unittest.main()
