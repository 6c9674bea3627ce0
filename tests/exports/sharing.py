"""What tests read of pages that others show."""

import re
from html import unescape
from xml.etree import ElementTree

SITE = "http://testserver"


SVG = "{http://www.w3.org/2000/svg}"


ATTACKS = [
    "</script><script>alert(1)",
    '"><img src=x onerror=alert(1)>',
    "<!-- <script> ]]> & ' \\",
    "]](javascript:alert) `x` *y*",
]


PAGES = ["/", "/leaderboard/board/", "/llms/alpha/", "/benchmarks/bench/", "/changes/", "/ranks/"]


TAKEN_AWAY = [
    "/sitemap.xml",
    "/robots.txt",
    "/llms/alpha/badge.svg",
    "/llms/alpha.yaml",
    "/leaderboard/board/embed/",
    "/changes/feed/",
]


def content(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def metas(page):
    found = re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', page)
    return {name: unescape(value) for name, value in found}


def canonical(page):
    return re.findall(r'<link rel="canonical" href="([^"]*)">', page)


def badge_texts(client, address):
    """(title, text) of a badge."""
    root = ElementTree.fromstring(client.get(address).content)
    return root.findtext(f"{SVG}title"), root.findtext(f"{SVG}text")
