"""The closed door of tenancy: a manager whose rows cannot be reached without a scope."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, NoReturn, Self, TypeVar

from django.db import models

from openpartner.core.base.scope import Scope

Row = TypeVar("Row", bound=models.Model)


class UnscopedQuery(RuntimeError):
    """A read or bulk write that names no scope: a bug, never a user's fault."""


class LockedQuerySet(models.QuerySet[Row]):
    """Refuses every way to reach rows: these eight close all reads and bulk writes."""

    def _refuse(self, *_args: object, **_kwargs: object) -> NoReturn:
        raise UnscopedQuery(f"{self.model.__name__}.objects needs .within(scope), or .everything(reason=...)")

    _chain = _fetch_all = iterator = count = exists = aggregate = update = delete = _refuse


class OpenQuerySet(models.QuerySet[Row]):
    """The rows of a scope."""

    def select_for_update(
        self,
        nowait: bool = False,  # noqa: FBT001, FBT002  # Django's own signature
        skip_locked: bool = False,  # noqa: FBT001, FBT002  # likewise
        of: Sequence[str] = (),
        no_key: bool = True,  # noqa: FBT001, FBT002  # likewise
    ) -> Self:
        """Lock rows against writers, but not against those whose own new rows refer to them.

        At its end every transaction looks for the accounts that its rows name. Were these locked whole, it would wait
        there for whoever holds them, and that one for it: keys never change and rows are never deleted while locked.
        """
        return super().select_for_update(nowait, skip_locked, of, no_key)


class ScopedManager(models.Manager[Row]):
    """Reads need `.within(scope)`; anything else raises before SQL is built."""

    def get_queryset(self) -> models.QuerySet[Row]:
        """A queryset that refuses; creation still works through it."""
        return LockedQuerySet(self.model, using=self._db)

    def within(self, scope: Scope) -> models.QuerySet[Row]:
        """The rows the scope shows."""
        columns: dict[str, str] = self.model.scope_columns  # type: ignore[attr-defined]  # declared by ScopedModel
        unknown = [level for level in scope.shape if level not in columns]
        if unknown:
            raise UnscopedQuery(f"{self.model.__name__} has no column for the scope's {', '.join(unknown)}")
        return self._open().filter(**{columns[level]: getattr(scope, level) for level in scope.shape})

    def everything(self, *, reason: str) -> models.QuerySet[Row]:
        """All rows, for sign-in, operators and checks. The reason is for the reader of the code."""
        assert reason
        return self._open()

    def _open(self) -> models.QuerySet[Row]:
        return OpenQuerySet(self.model, using=self._db)

    def create(self, **values: Any) -> Row:
        """Insert one row. Creation names its tenants in its own columns."""
        return self._open().create(**values)

    def bulk_create(self, objs: Iterable[Row], *args: Any, **options: Any) -> list[Row]:
        """Insert many rows."""
        return self._open().bulk_create(objs, *args, **options)


class ScopedModel(models.Model):
    """A row that belongs to a tenant. `scope_columns` says which column answers for which level of a scope."""

    scope_columns: ClassVar[dict[str, str]]

    class Meta:
        """No table of its own."""

        abstract = True
