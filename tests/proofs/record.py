"""The counts of campaigns: printed where they ran, and kept for docs/reference/proof.json when a file is named."""

from __future__ import annotations

import json
import os
from pathlib import Path

FILE = "OPENPARTNER_TEST_PROOF"


def count(campaign: str, **facts: object) -> None:
    """Print a campaign's facts, and append them to the file that `python -m tests.prove` reads."""
    print(f"{campaign}: " + ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in facts.items()))
    named = os.environ.get(FILE)
    if named:
        with Path(named).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"campaign": campaign, **facts}, ensure_ascii=False) + "\n")
