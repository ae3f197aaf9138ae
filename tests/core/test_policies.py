"""Products of commission policies from files. Codes, names and the meaning of `*`: tencent:D.7, tencent:D.0.2."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.errors import Invalid, NotAllowed
from openpartner.core.commissions.models import PolicyProduct
from openpartner.core.commissions.policies import PolicyFilter, policy_products
from openpartner.core.commissions.product_files import Outcome, import_policy
from openpartner.kit.slices import Slice
from openpartner.project.commands.imports import command
from tests.support.people import World
from tests.support.policies import OLDER, POLICY

pytestmark = pytest.mark.django_db
HEADER = "service_code,product_code,product_name,category,starts_on,ends_on\n"


def brought(world: World, folder: Path, text: str, *, policy: str = POLICY, dry_run: bool = False) -> Outcome:
    file = folder / "policy.csv"
    file.write_text(text)
    return import_policy(world.pia.caller, policy, file, dry_run=dry_run)


def codes(world: World, policy: str = POLICY) -> list[tuple[str, str, str]]:
    found = policy_products(world.dora.caller, PolicyFilter(policy=policy), Slice(0, 100))
    return [(row.service_code, row.product_code, row.component_code) for row in found.items]


def test_a_file_is_the_whole_policy(world: World, tmp_path: Path) -> None:
    rows = [
        "p_cvm,sp_cvm_s5,Standard S5,A,2026-01-01,2026-12-31",
        "p_cvm,sp_cvm_s5,Standard S5,B,2027-01-01,",
        "p_cos,,,C,2026-01-01,",
    ]
    outcome = brought(world, tmp_path, HEADER + "\n".join(rows))
    # tests/support/policies.py: four products stood in the policy.
    assert (outcome.rows, outcome.replaced, outcome.faults) == (3, 4, [])
    assert codes(world) == [("p_cos", "*", "*"), ("p_cvm", "sp_cvm_s5", "*"), ("p_cvm", "sp_cvm_s5", "*")]
    assert len(codes(world, OLDER)) == 1, "another policy is left alone"
    found = PolicyProduct.objects.everything(reason="test").filter(policy=POLICY, service_code="p_cvm").first()
    assert found is not None
    # Of the catalogue, tencent:D.0.2.
    assert (found.service_name, found.product_name) == ("Cloud Virtual Machine(CVM)", "Standard S5")
    assert (found.category, found.starts_on, found.ends_on) == ("A", date(2026, 1, 1), date(2026, 12, 31))
    event = AuditEvent.objects.everything(reason="test").get(action="commission.policy-set")
    assert json.loads(event.details) == {"policy": POLICY, "products": 3, "replaced": 4}


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (",sp_cvm_s5,,A,2026-01-01,", "service_code"),
        ("*,,,A,2026-01-01,", "service_code"),
        ("p_cvm,,,a,2026-01-01,", "category"),
        ("p_cvm,,,,2026-01-01,", "category"),
        ("p_cvm,,,A,,", "starts_on"),
        ("p_cvm,,,A,2026-02-30,", "starts_on"),
        ("p_cvm,,,A,2026-01-01,2025-12-31", "ends_on"),
        ("p_cos,,,A,2026-12-31,", "starts_on"),
        (f"{'x' * 129},,,A,2026-01-01,", "service_code"),
        ("p_cvm,a\x07b,,A,2026-01-01,", "product_code"),
    ],
)
def test_a_wrong_row_changes_nothing(world: World, tmp_path: Path, row: str, column: str) -> None:
    before = codes(world)
    outcome = brought(world, tmp_path, f"{HEADER}p_cos,,,A,2026-01-01,2026-12-31\n{row}\n")
    assert [(one.line, one.column) for one in outcome.faults] == [(3, column)]
    assert codes(world) == before
    assert not AuditEvent.objects.everything(reason="test").filter(action="commission.policy-set").exists()


def test_nothing_is_finer_than_everything(world: World, tmp_path: Path) -> None:
    header = "service_code,component_code,category,starts_on\n"
    outcome = brought(world, tmp_path, f"{header}p_cvm,sv_cvm_cpu,A,2026-01-01\n")
    assert [one.column for one in outcome.faults] == ["component_code"]


@pytest.mark.parametrize(
    "text", ["", HEADER, "service_code,category\np_cvm,A\n", HEADER[:-1] + ",more\np,,,A,2026-01-01,,\n"]
)
def test_a_file_that_is_no_policy_is_refused(world: World, tmp_path: Path, text: str) -> None:
    with pytest.raises(Invalid):
        brought(world, tmp_path, text)
    assert len(codes(world)) == 4


def test_a_dry_run_writes_nothing(world: World, tmp_path: Path) -> None:
    outcome = brought(world, tmp_path, f"{HEADER}p_cos,,,A,2026-01-01,\n", dry_run=True)
    assert (outcome.rows, outcome.replaced) == (1, 4)
    assert len(codes(world)) == 4


def test_only_the_provider_writes_policies(world: World, tmp_path: Path) -> None:
    with pytest.raises(NotAllowed):
        import_policy(world.dora.caller, POLICY, tmp_path / "none.csv", dry_run=False)


def test_the_command_line_writes_a_policy(world: World, tmp_path: Path) -> None:
    file = tmp_path / "policy.csv"
    file.write_text(f"{HEADER}p_cos,,,A,2026-01-01,\n")
    done = CliRunner().invoke(command, ["policy", "New2026", str(file)])
    assert (done.exit_code, done.output) == (0, "New2026: 1 products in the place of 0.\n")
    assert codes(world, "New2026") == [("p_cos", "*", "*")]
    file.write_text(f"{HEADER}p_cos,,,AA,2026-01-01,\n")
    done = CliRunner().invoke(command, ["policy", "New2026", str(file)])
    assert done.exit_code == 1
    assert "row 2, category: is not a capital letter" in done.output
