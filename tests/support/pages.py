"""Pages compared with one another."""

from __future__ import annotations

import re
from typing import Any

TOKENS = re.compile(r'name="(csrfmiddlewaretoken|form_key)" value="[^"]*"')
"""What is another in each rendering: it tells nothing of anybody."""


def told(answer: Any) -> str:
    """What an answer tells, whoever asks."""
    return TOKENS.sub("", answer.content.decode())
