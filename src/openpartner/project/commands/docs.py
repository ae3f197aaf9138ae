"""`openpartner docs`."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from openpartner.project.cli import setup

ROOT = Path(__file__).resolve().parents[4]
START, END = "<!-- coverage:start -->", "<!-- coverage:end -->"


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 when a page is not current.")
def command(*, check: bool) -> None:
    """Write the generated reference pages and the README's numbers, or check that they are current."""
    if not (ROOT / "docs" / "reference").is_dir():
        raise click.ClickException("the generated pages are part of the source tree; run this from a checkout")
    setup()
    stale = [path for path, text in generated().items() if not path.exists() or path.read_text("utf-8") != text]
    if not check:
        for path in stale:
            path.parent.mkdir(exist_ok=True)
            path.write_text(generated()[path], "utf-8")
    for path in stale:
        click.echo(f"{'stale' if check else 'written'}: {path.relative_to(ROOT)}")
    if check and stale:
        click.echo("Run `make docs` and commit the result.", err=True)
        sys.exit(1)


def generated() -> dict[Path, str]:
    """The text of every generated file by its path."""
    from openpartner.apikit.coverage import Evidence  # noqa: PLC0415  # after setup: operations name models
    from openpartner.project.reference import (  # noqa: PLC0415  # likewise
        coverage,
        fidelity,
        operator,
        refusals,
        rights,
    )

    folder = ROOT / "docs" / "reference"
    record = folder / "evidence.json"
    evidence = msgspec.json.decode(record.read_bytes(), type=Evidence) if record.exists() else Evidence()
    readme = (ROOT / "README.md").read_text("utf-8")
    before, _, rest = readme.partition(START)
    _, _, after = rest.partition(END)
    return {
        folder / "coverage-huawei.md": coverage.dialect_page("huawei", evidence),
        folder / "coverage-tencent.md": coverage.dialect_page("tencent", evidence),
        folder / "settings.md": operator.settings_page(),
        folder / "commands.md": operator.commands_page(),
        folder / "audit-events.md": operator.audit_page(),
        folder / "errors.md": refusals.errors_page(),
        folder / "permissions.md": rights.permissions_page(),
        ROOT / "docs" / "explanation" / "fidelity.md": fidelity.fidelity_page(),
        ROOT / "README.md": f"{before}{START}\n{coverage.summary(evidence)}\n{END}{after}",
    }
