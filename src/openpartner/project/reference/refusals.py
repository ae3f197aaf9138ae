"""The codes both dialects answer, and which neutral error each stands for."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping

from openpartner.apikit.operation import Registry
from openpartner.core.base.errors import ChannelError
from openpartner.huawei import errors as huawei
from openpartner.project.reference import markdown
from openpartner.project.reference.whole import REGISTRIES
from openpartner.tencent import errors as tencent


def errors_page() -> str:
    """One table from neutral error to each dialect's code, then where operations say otherwise."""
    kinds = [kind for kind in _tree(ChannelError) if kind in huawei.CODES or kind in tencent.CODES]
    neutral = [
        (
            kind.__name__,
            (inspect.getdoc(kind) or "").split("\n")[0],
            markdown.code(_code(huawei.CODES, kind)),
            markdown.code(_code(tencent.CODES, kind)),
        )
        for kind in kinds
    ]
    return markdown.page(
        "Errors",
        "A refusal changed nothing. The core raises one of a few neutral errors; each dialect has one table that turns "
        "them into the vendor's codes, and an operation may refine it.",
        "## Neutral errors",
        markdown.table(("Error", "Meaning", "Huawei Cloud", "Tencent Cloud"), neutral),
        "## HTTP status of Huawei Cloud's codes",
        "Codes that are not listed are answered with 400. Tencent Cloud answers HTTP 200 always.",
        markdown.table(
            ("Code", "Status"), [(markdown.code(code), int(status)) for code, status in huawei.STATUSES.items()]
        ),
        "## Where an operation says otherwise",
        markdown.table(
            ("Operation", "Error", "Code"),
            [line for registry in REGISTRIES.values() for line in _own(registry)],
        ),
    )


def _own(registry: Registry) -> Iterator[tuple[str, str, str]]:
    for name, operation in sorted(registry.operations.items()):
        for kind, code in operation.raises.items():
            yield markdown.code(name), kind.__name__, markdown.code(code)


def _code(codes: Mapping[type[ChannelError], str], kind: type[ChannelError]) -> str:
    """The code of the error itself or of the nearest error it is a kind of."""
    return next((codes[base] for base in kind.__mro__ if base in codes), "")


def _tree(kind: type[ChannelError]) -> Iterator[type[ChannelError]]:
    for inner in kind.__subclasses__():
        yield inner
        yield from _tree(inner)
