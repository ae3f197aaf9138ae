"""Who may do what: from permission to pages, commands and operations, and from role to permissions."""

from __future__ import annotations

from openpartner.core.access.roles import BY_KIND, PRESETS
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.project.reference import markdown
from openpartner.project.reference.whole import REGISTRIES, commands, pages


def permissions_page() -> str:
    """The one table from permission to what it opens, then roles and kinds of account."""
    opened = [
        (
            markdown.code(permission),
            markdown.codes(f"/{page.route}" for page in pages() if page.permission is permission),
            markdown.codes(name for name, one in commands().items() if one.permission is permission),
            *(_operations(dialect, permission) for dialect in REGISTRIES),
        )
        for permission in (*Permission, None)
    ]
    opened[-1] = ("none", *opened[-1][1:])
    return markdown.page(
        "Permissions",
        "Operations in italics are declared: they ask for the permission and then answer that they are not available.",
        "## What each permission opens",
        markdown.table(("Permission", "Pages", "Commands", "Huawei Cloud", "Tencent Cloud"), opened),
        "## What each preset role holds",
        markdown.table(
            ("Permission", *PRESETS),
            [
                (markdown.code(permission), *("yes" if permission in PRESETS[role] else "" for role in PRESETS))
                for permission in Permission
            ],
        ),
        "## What each kind of account can hold at all",
        "A user has what its roles say, cut to this.",
        markdown.table(
            ("Permission", *(kind.label for kind in AccountKind)),
            [
                (markdown.code(permission), *("yes" if permission in BY_KIND[kind] else "" for kind in AccountKind))
                for permission in Permission
            ],
        ),
    )


def _operations(dialect: str, permission: Permission | None) -> str:
    found = [one for _, one in sorted(REGISTRIES[dialect].operations.items()) if one.permission is permission]
    return ", ".join(f"`{one.name}`" if one.run is not None else f"*{one.name}*" for one in found)
