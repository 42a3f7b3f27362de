#!/usr/bin/env python3
"""One list of all that public sites do at once: http, https and HTTP/2, redirects between them, every content coding, ten encodings.
Each page must arrive as the very text it was made of."""

import json
import subprocess
import unittest
from pathlib import Path

from certificates import Authority
from harness import Case
from nginx import Nginx

DATA = Path(__file__).parents[1] / "data" / "charset"
# Label of the encoding: the page in it, the same in UTF-8.
PAGES = {
    "gb2312": ("zh-cn.gbk.html", "zh-cn.utf-8.html"),
    "gb18030": ("zh-cn.gbk.html", "zh-cn.utf-8.html"),
    "big5": ("zh-tw.big5.html", "zh-tw.utf-8.html"),
    "shift_jis": ("ja.shift_jis.html", "ja.utf-8.html"),
    "euc-jp": ("ja.euc-jp.html", "ja.utf-8.html"),
    "iso-2022-jp": ("ja.iso-2022-jp.html", "ja.utf-8.html"),
    "euc-kr": ("ko.euc-kr.html", "ko.utf-8.html"),
    "koi8-r": ("ru.koi8-r.html", "ru.utf-8.html"),
    "windows-1251": ("ru.windows-1251.html", "ru.utf-8.html"),
    "utf-8": ("zh-tw.utf-8.html", "zh-tw.utf-8.html"),
}
# Each coding's own command, standard input to standard output: not the libraries that decode it.
CODERS = {"identity": ["cat"], "gzip": ["gzip", "-c"], "br": ["brotli", "-c"], "zstd": ["zstd", "-c", "-q"]}


def coded(coding, data):
    return subprocess.run(CODERS[coding], input=data, capture_output=True, check=True).stdout


def configuration(redirect_to):
    """Locations that say of each file what it is; below /to/ a redirect to the same path of another server."""
    codings = "".join(f"location ~ \\.{name}$ {{ add_header Content-Encoding {name}; }}\n" for name in CODERS if name != "identity")
    folders = "".join(f'location /{label}/ {{ types {{ }} default_type "text/html; charset={label}";\n{codings} }}\n' for label in PAGES)
    return folders + f"location /to/ {{ rewrite ^/to(.*)$ {redirect_to}$1 redirect; }}\n"


class MixedListTest(Case):
    def setUp(self):
        super().setUp()
        self.authority = Authority(self.folder)
        certificate = self.authority.issue("server", names="IP:127.0.0.1")
        self.root = self.folder / "root"
        for label, (page, _) in PAGES.items():
            (self.root / label).mkdir(parents=True)
            for coding in CODERS:
                (self.root / label / f"page.{coding}").write_bytes(coded(coding, (DATA / page).read_bytes()))
        # http leads to https, that to HTTP/2.
        third = self.enterContext(Nginx(self.root, configuration("http://127.0.0.1:1"), certificate=certificate, http2=True))
        second = self.enterContext(Nginx(self.root, configuration(third.origin), certificate=certificate))
        first = self.enterContext(Nginx(self.root, configuration(second.origin)))
        self.servers = [first, second, third]

    def jobs(self):
        """URL, label of the encoding, redirects, version of HTTP that answers in the end."""
        first, second, third = self.servers
        for label in PAGES:
            for coding in CODERS:
                page = f"{label}/page.{coding}"
                yield f"{first.origin}/{page}", label, 0, "1.1"
                yield f"{second.origin}/{page}", label, 0, "1.1"
                yield f"{third.origin}/{page}", label, 0, "2"
                yield f"{first.origin}/to/{page}", label, 1, "1.1"
                yield f"{second.origin}/to/{page}", label, 1, "2"
                yield f"{first.origin}/to/to/{page}", label, 2, "2"

    def test_every_page_is_the_text_it_was_made_of(self):
        jobs = list(self.jobs())
        job_list = self.write("jobs.json", json.dumps([{"url": url, "id": i} for i, (url, *_) in enumerate(jobs)]))
        for multiplexer in ("select", "poll", "epoll", "auto"):
            with self.subTest(multiplexer=multiplexer):
                records, outcome = self.records_of("--cacert", self.authority.certificate, "--multiplexer", multiplexer, job_list)
                self.assert_status(outcome, 0)
                self.assertEqual(len(records), len(jobs))
                for record, (url, label, redirects, version) in zip(records, jobs, strict=True):
                    expected = (DATA / PAGES[label][1]).read_bytes().decode()
                    self.assertEqual(record["body"], expected, url)
                    self.assertEqual(record["num_redirects"], redirects, url)
                    self.assertEqual(record["http_version"], version, url)


if __name__ == "__main__":
    unittest.main()
