"""The examples a newcomer copies: each runs as it stands on the page, against a live server, with a real key."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.people import Person
from tests.support.server import BIN, Server
from tests.tidy.tree import ROOT

ADDRESS = "127.0.0.1:8000"
"""Where the pages say the server is."""
PAGE = "docs/how-to/call-it-with-each-sdk.md"
SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
FENCED = re.compile(r"^```(python|sh)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PERSON = ("AK", "SK", "ACCOUNT", "NAME", "PASSWORD")
FIRST_LINE = "import os\n" + "".join(f"{name} = os.environ['{name}']\n" for name in PERSON)
"""What the pages leave to the reader: the placeholders."""

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def examples(text: str) -> dict[str, str]:
    """One shell script for each section that speaks to the server: its blocks in their order."""
    parts = SECTION.split(text)
    blocks = {title: FENCED.findall(part) for title, part in zip(parts[1::2], parts[2::2], strict=True)}
    return {
        title: "set -eu\n" + "".join(map(_command, found))
        for title, found in blocks.items()
        if any(ADDRESS in text or "HUAWEICLOUD" in text for _, text in found)
    }


def _command(block: tuple[str, str]) -> str:
    language, text = block
    return text if language == "sh" else f"python - <<'END'\n{FIRST_LINE}{text}END\n"


def read(name: str) -> dict[str, str]:
    return examples((ROOT / name).read_text("utf-8"))


@pytest.fixture
def run(server: Server, tmp_path: Path) -> Run:
    """Run a script as dora, with nothing of the tester's environment but the path to the programs."""

    def run_as(person: Person, script: str, **given: str) -> subprocess.CompletedProcess[str]:
        environment = {
            "HOME": str(tmp_path),
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "LC_ALL": "C.UTF-8",
            "AK": person.access_key,
            "SK": person.secret_key,
            "ACCOUNT": person.account_name,
            "NAME": person.name,
            "PASSWORD": person.password,
            **given,
        }
        words = ["sh", "-c", script.replace(ADDRESS, server.address)]
        return subprocess.run(
            words, env=environment, cwd=tmp_path, check=False, capture_output=True, text=True, timeout=60
        )

    return run_as


def test_the_page_has_an_example_of_every_way() -> None:
    """Issue of the first slice: endpoint, region and environment; TC3 and v1; the vendor's command line."""
    assert list(read(PAGE)) == [
        "Huawei Cloud, by address",
        "Huawei Cloud, by region",
        "Huawei Cloud, by environment alone",
        "Huawei Cloud, by token",
        "Tencent Cloud, signature v3",
        "Tencent Cloud, signature v1",
        "Tencent Cloud, command line",
    ]


@pytest.mark.slow  # each is a process that loads a vendor's SDK
@pytest.mark.parametrize("title", read(PAGE))
def test_it_counts_the_callers_customers(run: Run, server: Server, title: str) -> None:
    """dora has three customers of her own; a wrong secret shows that the example really asked."""
    script, dora = read(PAGE)[title], server.world["dora"]
    done = run(dora, script)
    assert done.returncode == 0, done.stderr
    total = re.search(r'"Total": "(\d+)"', done.stdout)
    assert (total[1] if total else done.stdout.strip()) == "3", done.stdout
    assert run(dora, script, SK="x" * 40, PASSWORD="not the password").returncode != 0


@pytest.mark.slow  # likewise, three of them
def test_the_readmes_examples_answer(run: Run, server: Server) -> None:
    (script,) = read("README.md").values()
    done = run(server.world["dora"], script)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("chen_account") == 1  # Huawei Cloud's list
    assert done.stdout.count('"IOS2": "AL"') == 2  # Tencent Cloud's countries, by both of its clients
    assert '"Total": "3"' in done.stdout


@pytest.mark.slow  # likewise
def test_the_tutorials_steps_lead_where_it_says(run: Run, server: Server, tmp_path: Path) -> None:
    """Steps 3 and 4 in one Python session, as the reader has it; the last call of step 3 is the refused one."""
    names = {"distributor": "dora", "second_level_reseller": "rita", "reseller": "sol"}
    facts = {
        persona: {name: getattr(server.world[who], name) for name in ("access_key", "secret_key", "account_id", "uin")}
        for persona, who in names.items()
    }
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "demo-credentials.json").write_text(json.dumps({"personas": facts}), "utf-8")
    text = (ROOT / "docs/tutorials/first-partner-center.md").read_text("utf-8")
    session = "".join(block for language, block in FENCED.findall(text) if language == "python")
    told, found = re.subn(
        r'^(count\("reseller"\)).*$',
        r"try:\n    \1\nexcept Exception as error:\n    print(error.error_code)\n",
        session,
        flags=re.MULTILINE,
    )
    assert found == 1
    done = run(server.world["dora"], f"python - <<'END'\n{told}END\n")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("3 ['"), done.stdout
    assert "CBC.99000037" in done.stdout
    assert "Cleo Clinics" in done.stdout


# The extraction itself.


def test_blocks_keep_their_order_and_sections_without_the_server_stay_out() -> None:
    text = (
        "# Page\n## A\n```sh\nmake run\n```\n## B\n```sh\nexport X=http://127.0.0.1:8000\n```\nwords\n"
        "```python\nprint(1)\n```\n```js\nno()\n```\n"
    )
    assert examples(text) == {
        "B": f"set -eu\nexport X=http://127.0.0.1:8000\npython - <<'END'\n{FIRST_LINE}print(1)\nEND\n"
    }


def test_a_failing_example_fails(run: Run, server: Server) -> None:
    script = examples("## A\n```python\nraise SystemExit('127.0.0.1:8000')\n```\n")["A"]
    done = run(server.world["dora"], script)
    assert done.returncode == 1
    assert done.stderr.strip() == server.address
