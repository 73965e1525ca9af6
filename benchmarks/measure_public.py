"""The pages everybody may read: how much slower than a hello page with a template, how many queries, how many bytes.

Under gunicorn, asked by the same loader as the bare site of floors/floor_web.py, by turns. A page counts as it is sent
on, warm; so does a search, of which the rows found lately are in memory while the page is made each time. A first visit
counts with all it names: style sheets, scripts and icons, as the server sends them to a browser that reads gzip.
"""

import gzip
import http.client
import re
from collections.abc import Sequence
from pathlib import Path

from django.test import Client
from django.utils import timezone

from benchmarks.measure_http import floor_server
from benchmarks.measuring import count_queries
from benchmarks.rows import Row, row
from benchmarks.serving import HOST, Call, Server, gunicorn, rate
from clinic.education.actions import load_starters
from scheduling.demonstration.reading import add_reading

ROOT = Path(__file__).resolve().parents[1]
PAGES = (
    "/", "/get-help-now/", "/contact/", "/refer/", "/nondiscrimination/", "/accessibility/", "/privacy/",
    "/request-an-appointment/", "/your-visit/", "/our-team/", "/learn/", "/learn/words/", "/learn/questions/",
    "/learn/bone-pain/", "/learn/spinal-cord-compression/", "/clinical-trials/", "/outside-help/", "/search/",
    "/ask-a-nurse/", "/call-me-back/", "/preferences/",
)  # fmt: skip
# one word, two words, a phrase with what means the same, and one that is misspelled
SEARCHES = ("/search/?q=radiation", "/search/?q=back+pain", "/search/?q=bone+mets", "/search/?q=morfine")
ASSET = re.compile(r'(?:src|href)="(/static/[^"#]+)')
ROUNDS, CALLS, CONNECTIONS = 3, 300, 8
LIMIT_RATIO, LIMIT_QUERIES, LIMIT_KB = 3, 3, 40


def measure() -> list[Row]:
    """The worst page of each kind is the one that counts; its address stands in the row."""
    load_starters(now=timezone.now(), publish=True)
    add_reading(timezone.localdate())
    queries = {path: _queries(path) for path in (*PAGES, *SEARCHES)}
    with floor_server() as floor, gunicorn("clinic.wsgi", folder=ROOT) as product:
        sizes = {path: _first_visit(product, path) / 1024 for path in (*PAGES, *SEARCHES)}
        pages, searches = _by_turns(product, floor, PAGES), _by_turns(product, floor, SEARCHES)
    most, largest = max(queries, key=queries.__getitem__), max(sizes, key=sizes.__getitem__)
    return [
        _slowest("pages", pages),
        _slowest("searches", searches),
        row(f"public: queries, most of {len(queries)}, {most}", queries[most], "queries", limit=LIMIT_QUERIES),
        row(f"public: first visit with all it needs, {largest}", sizes[largest], "KB sent", limit=LIMIT_KB),
    ]


def _slowest(what: str, measured: dict[str, tuple[float, float]]) -> Row:
    """The row of the one that is furthest behind the hello page asked right after it."""
    address = max(measured, key=lambda path: measured[path][1] / measured[path][0])
    found, hello = measured[address]
    name = f"public: slowest of {len(measured)} {what} beside a hello page, {address}"
    return row(name, found, "pages/s", floor=hello, limit=LIMIT_RATIO)


def _queries(path: str) -> int:
    client = Client()
    client.get(path)
    return count_queries(lambda: client.get(path))


def _by_turns(product: Server, floor: Server, paths: Sequence[str]) -> dict[str, tuple[float, float]]:
    """The best rate of each page, and of the hello page asked right after it: what neighbors do only slows."""
    best: dict[str, tuple[float, float]] = {}
    for path in paths:
        calls, hello = [Call(path, 200)] * CALLS, [Call("/hello", 200)] * CALLS
        rate(product.port, calls[:40], connections=CONNECTIONS)
        rate(floor.port, hello[:40], connections=CONNECTIONS)
        rates, floors = [], []
        for _ in range(ROUNDS):
            rates.append(rate(product.port, calls, connections=CONNECTIONS))
            floors.append(rate(floor.port, hello, connections=CONNECTIONS))
        best[path] = max(rates), max(floors)
    return best


def _first_visit(server: Server, path: str) -> int:
    """Bytes of the page and of every file that it names."""
    sent, html = _sent(server, path)
    named = sorted(set(ASSET.findall(html)))
    if not named:
        raise RuntimeError(f"{path} names no style sheet")
    return sent + sum(_sent(server, name)[0] for name in named)


def _sent(server: Server, path: str) -> tuple[int, str]:
    """How many bytes the answer has, and its text."""
    connection = http.client.HTTPConnection(HOST, server.port, timeout=30)
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    connection.close()
    return len(body), gzip.decompress(body).decode() if answer.headers["Content-Encoding"] == "gzip" else body.decode()
