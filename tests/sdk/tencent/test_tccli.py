"""The vendor's command line, tccli-intl-en, as a user runs it. It signs and sends a Host header with a scheme."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sdk.tencent.modes import NOBODY, People
from tests.support.server import BIN, Server

Tccli = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def tccli(server: Server, people: People, tmp_path: Path) -> Tccli:
    """`tccli(person, action, name=value)` with keys from the environment and a home of its own."""

    def run(who: str, action: str, **parameters: object) -> subprocess.CompletedProcess[str]:
        words = [str(BIN / "tccli"), "intlpartnersmgt", action, "--endpoint", server.url]
        for name, value in parameters.items():
            words += [f"--{name}", value if isinstance(value, str) else json.dumps(value)]
        environment = {
            "HOME": str(tmp_path),
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "TENCENTCLOUD_SECRET_ID": people[who].access_key,
            "TENCENTCLOUD_SECRET_KEY": people[who].secret_key,
            "TENCENTCLOUD_REGION": "ap-singapore",
        }
        return subprocess.run(words, env=environment, capture_output=True, text=True, check=False, timeout=60)

    return run


@pytest.mark.slow  # a process that loads the vendor's whole command line
def test_it_calls_each_kind_of_operation(tccli: Tccli, people: People) -> None:
    done = tccli("dora", "QueryT1IndirectCustomersDetail", SubAgentUin=people["rita"].uin, Page=1, PageSize=10)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["Total"] == 2
    assert [row["ClientName"] for row in answer["Data"]] == ["Cleo Clinics", "Carl Coffee Co"]
    assert answer["RequestId"]

    done = tccli("dora", "DescribeCustomerInfo", CustomerUin=[people["cora"].uin, people["chen"].uin])
    assert [row["Email"] for row in json.loads(done.stdout)["Data"]] == ["cora@example.com", "chen@example.com"]

    done = tccli("dora", "ModifyClientRemark", ClientUin=str(people["chen"].uin), Remark="remark of chen")
    assert json.loads(done.stdout)["ClientRemark"] == "remark of chen"


@pytest.mark.slow  # likewise
def test_it_shows_the_vendors_error(tccli: Tccli) -> None:
    done = tccli("dora", "QueryT1IndirectCustomersDetail", SubAgentUin=NOBODY, Page=1, PageSize=10)
    assert done.returncode != 0
    assert "code:FailedOperation.InvalidSubAgentUin" in done.stdout + done.stderr
