"""The projects of the caller's account: GET /v3/projects. Rating calls carry the id of one (huawei:C4)."""

from __future__ import annotations

from typing import Annotated

from openpartner.apikit.presence import BLANK_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.huawei.base import HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.iam.base import EVERYBODY, Links
from openpartner.huawei.iam.identifiers import REGIONS, project_id
from openpartner.huawei.registry import PER_SECOND, operation


class ListProjects(HuaweiRequest):
    """The query."""

    # vendor doc silent: a bare or empty name is no condition, as in most of the vendor's queries.
    name: Annotated[Text64 | None, BLANK_IS_ABSENT] = None


class Project(HuaweiResponse):
    """One project: IAM makes one per region."""

    id: str
    name: str
    domain_id: str
    parent_id: str
    enabled: bool
    is_domain: bool
    description: str
    links: Links


class Projects(HuaweiResponse):
    """The projects and Keystone's paging."""

    projects: list[Project]
    links: Links


@operation(
    "KeystoneListProjects",
    route="GET /v3/projects",
    kinds=EVERYBODY,
    permission=None,
    per_second=PER_SECOND,
    docs="iam/iam_06_0001",
)
def list_projects(caller: Caller, request: ListProjects) -> Projects:
    """The project of the caller's site, when its name is not ruled out."""
    region = REGIONS[caller.site]
    if request.name not in {None, region}:
        return Projects([], Links())
    project = Project(
        project_id(caller.account_id, region),
        region,
        caller.account_id,
        caller.account_id,
        enabled=True,
        is_domain=False,
        description="",
        links=Links(),
    )
    return Projects([project], Links())
