"""The WSGI entry. One port serves everything: vendor requests go to their gateway, all else to Django.

Decided without reading a body: Huawei's version prefixes; POST / and GET / with an action are Tencent's, which
the console never accepts. The vendor gateways skip Django's request signals, middleware and handler, and use its
models and connection: measured, 113 microseconds a request against 720 for an ordinary view.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpartner.project.settings")

from django.core.wsgi import get_wsgi_application
from django.utils import timezone, translation

gc.disable()  # what is loaded stays: looking for garbage in it took an eighth of the start
django_application = get_wsgi_application()

# After setup: operations name models.
from openpartner.apikit.call import is_trusted  # noqa: E402  # after setup
from openpartner.core.base import triggers  # noqa: E402  # after setup
from openpartner.core.customers import search_index  # noqa: E402  # after setup
from openpartner.huawei import operations as _huawei_operations  # noqa: E402, F401  # registers them
from openpartner.huawei.gateway import HuaweiGateway  # noqa: E402  # after setup
from openpartner.kit.orphans import end_with_parent  # noqa: E402  # after setup
from openpartner.tencent import operations as _tencent_operations  # noqa: E402, F401  # registers them
from openpartner.tencent.gateway import TencentGateway  # noqa: E402  # after setup

HUAWEI_PREFIXES = ("/v1.0/", "/v2/", "/v3/", "/v3.0/", "/v4/", "/v5/")

logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
try:
    triggers.check()
except triggers.TriggersMissing as error:
    sys.exit(f"openpartner: {error}")  # a sentence for the operator, not a traceback
for loss in search_index.losses():
    logging.getLogger("openpartner.search").warning("%s", loss)
if multiprocessing.parent_process() is not None:
    end_with_parent()  # a web process of `serve`, not a test that imports this module

huawei = HuaweiGateway()
tencent = TencentGateway()
gc.enable()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer one request."""
    path = environ["PATH_INFO"]
    if path.startswith(HUAWEI_PREFIXES):
        return huawei(environ, start_response)
    if path == "/" and _names_action(environ):
        return tencent(environ, start_response)
    return pages(environ, start_response)


def _names_action(environ: dict[str, Any]) -> bool:
    """Whether a request for / is Tencent's: any POST, and what names an action in its headers or query."""
    if environ["REQUEST_METHOD"] == "POST" or "HTTP_X_TC_ACTION" in environ:
        return True
    return any(part.startswith("Action=") for part in environ.get("QUERY_STRING", "").split("&"))


def pages(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django's answer, believing forwarded headers from a trusted proxy and from nobody else."""
    trusted = is_trusted(environ.get("REMOTE_ADDR", ""))
    if trusted:
        if "HTTP_X_FORWARDED_PROTO" in environ:
            environ["wsgi.url_scheme"] = environ["HTTP_X_FORWARDED_PROTO"]
        if "HTTP_X_FORWARDED_HOST" in environ:
            environ["HTTP_HOST"] = environ["HTTP_X_FORWARDED_HOST"]
    try:
        return django_application(environ, start_response)
    finally:
        # The thread goes on to other people's requests, and to programs, which are not answered in a person's language.
        translation.deactivate()
        timezone.deactivate()
