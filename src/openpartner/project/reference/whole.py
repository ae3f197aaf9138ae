"""Everything that registers itself, imported: core commands, console pages and the operations of both dialects."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

import openpartner.console.urls
import openpartner.core
from openpartner.apikit.inventory import Inventory, load
from openpartner.apikit.operation import Registry
from openpartner.console.page import PAGES, Page
from openpartner.core.command import COMMANDS, Command
from openpartner.huawei import operations as _huawei  # noqa: F401  # registers
from openpartner.huawei.registry import REGISTRY as HUAWEI
from openpartner.tencent import operations as _tencent  # noqa: F401  # registers
from openpartner.tencent.registry import REGISTRY as TENCENT

REGISTRIES: Mapping[str, Registry] = {"huawei": HUAWEI, "tencent": TENCENT}
INVENTORIES: Mapping[str, tuple[Inventory, ...]] = {
    "huawei": (load("huawei_bssintl"), load("huawei_bss"), load("huawei_legacy")),
    "tencent": (load("tencent_intlpartnersmgt"),),
}
TITLES: Mapping[str, str] = {
    "bssintl": "Huawei Cloud, international and European site",
    "bss": "Huawei Cloud, what the China site adds",
    "legacy": "Huawei Cloud, documented v1.0 operations",
    "intlpartnersmgt": "Tencent Cloud, intlpartnersmgt 2022-09-28",
}
"""What a product is called in the tables."""


@cache
def commands() -> Mapping[str, Command]:
    """Every command of the core by name, once its modules are imported."""
    for found in pkgutil.walk_packages(openpartner.core.__path__, "openpartner.core."):
        if ".migrations" not in found.name:
            importlib.import_module(found.name)
    return dict(sorted(COMMANDS.items()))


def pages() -> list[Page]:
    """Every page of the console that registers itself."""
    assert openpartner.console.urls.urlpatterns
    return sorted(PAGES, key=lambda page: page.route)
