"""The WSGI entry. One port serves everything: vendor requests go to their gateway, all else to Django.

Decided without reading a body: Huawei's version prefixes; POST / and GET / with an action are Tencent's, which
the console never accepts. The vendor gateways skip Django's request signals, middleware and handler, and use its
models and connection (stack: 113 microseconds a request against 720 for an ordinary view).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpartner.project.settings")

from django.core.wsgi import get_wsgi_application

django_application = get_wsgi_application()

# After setup: operations name models.
from openpartner.huawei import operations as _huawei_operations  # noqa: E402, F401
from openpartner.huawei.gateway import HuaweiGateway  # noqa: E402

HUAWEI_PREFIXES = ("/v1.0/", "/v2/", "/v3/", "/v3.0/", "/v4/", "/v5/")

huawei = HuaweiGateway()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer one request."""
    path = environ["PATH_INFO"]
    if path.startswith(HUAWEI_PREFIXES):
        return huawei(environ, start_response)
    return django_application(environ, start_response)
