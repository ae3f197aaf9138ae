"""The parts of what is known of an enterprise (seed 002): its data, relations, cloud, development and inventions."""

from __future__ import annotations

BASICS, RELATIONS, CLOUD, DEVELOPMENT, INVENTIONS = "basics", "relations", "cloud", "development", "inventions"
PARTS = (BASICS, RELATIONS, CLOUD, DEVELOPMENT, INVENTIONS)
