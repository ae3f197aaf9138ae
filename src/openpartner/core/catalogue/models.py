"""Codes and names that imports brought, beside the seed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

CODE_MAX = 128
NAME_MAX = 255


class CatalogueEntry(models.Model):
    """One code of a cloud with its names, as the last import that named it spelled them.

    It belongs to nobody: services, products and regions are the clouds' own words, and every caller may read them.
    """

    cloud = models.CharField(max_length=32)
    level = models.CharField(max_length=16)
    space = models.CharField(max_length=CODE_MAX, blank=True)  # a usage type's resource type; empty for other levels
    code = models.CharField(max_length=CODE_MAX)
    name_en = models.CharField(max_length=NAME_MAX, blank=True)
    name_zh = models.CharField(max_length=NAME_MAX, blank=True)
    parent = models.CharField(max_length=CODE_MAX, blank=True)

    class Meta:
        """One row per code; a level of a cloud is read in the order of its codes."""

        db_table = "catalogue_entry"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cloud", "level", "code", "space"], name="catalogue_entry_once"),
        ]

    def __str__(self) -> str:
        """Cloud, level and code."""
        return f"{self.cloud} {self.level} {self.code}"
