"""Static files: versioned urls are kept for a year, others are not, and large ones travel compressed."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from django.templatetags.static import static
from django.test import Client

pytestmark = pytest.mark.django_db  # the end of a request looks at the connection that another test has left

STATIC = Path(__file__).parents[2] / "src" / "openpartner" / "console" / "static"
HTMX = STATIC / "vendor" / "htmx.min.js"
Fetch = Callable[..., tuple[Mapping[str, str], bytes]]


@pytest.fixture
def fetch(client: Client) -> Fetch:
    """Headers and body of a file."""

    def answer(url: str, **headers: str) -> tuple[Mapping[str, str], bytes]:
        with closing(client.get(url, headers=headers)) as response:
            assert response.status_code == 200
            return response.headers, response.getvalue()

    return answer


def test_a_url_carries_the_digest_of_the_file() -> None:
    digest = hashlib.sha256(HTMX.read_bytes()).hexdigest()
    assert static("vendor/htmx.min.js") == f"/static/vendor/htmx.min.js?v={digest[:12]}"


def test_a_versioned_file_is_kept_for_a_year(fetch: Fetch) -> None:
    headers, body = fetch(static("vendor/htmx.min.js"))
    assert headers["Cache-Control"] == "max-age=31536000, public, immutable"
    assert body == HTMX.read_bytes()


@pytest.mark.parametrize("query", ["", "?v=", "?v=000000000000", "?v=1&v=2"])
def test_any_other_is_asked_for_again_after_a_minute(fetch: Fetch, query: str) -> None:
    headers, _ = fetch(f"/static/vendor/htmx.min.js{query}")
    assert headers["Cache-Control"] == "max-age=60, public"


def test_libraries_travel_compressed(fetch: Fetch) -> None:
    headers, body = fetch(static("vendor/echarts.min.js"), accept_encoding="gzip")
    assert headers["Content-Encoding"] == "gzip"
    assert headers["Cache-Control"] == "max-age=31536000, public, immutable"
    assert gzip.decompress(body) == (STATIC / "vendor" / "echarts.min.js").read_bytes()


def test_a_page_cannot_name_a_file_that_is_absent() -> None:
    with pytest.raises(ValueError, match="absent"):
        static("console/absent.css")
