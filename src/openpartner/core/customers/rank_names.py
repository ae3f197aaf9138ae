"""The names of the numbers that lists of customers are narrowed and ordered by; `ranks` says where they are kept."""

from __future__ import annotations

AVAILABLE, CREDIT, SPENT, USED = "available", "credit", "spent", "used"
RANKS = (AVAILABLE, CREDIT, SPENT, USED)
"""Available and total credit and the spending of the newest month, in millionths; the used percent of the budget."""
RANKS_LACKED = {name: f"without_{name}" for name in RANKS}
"""The conditions of customers that do not have them."""
