"""The masks in SQL leave exactly what kit/masks.py leaves, which the pages use."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import CharField, Value
from hypothesis import example, given, settings
from hypothesis import strategies as st

from openpartner.core.accounts.models import Account
from openpartner.core.base.masking import MASKS, masked
from openpartner.kit.masks import Mask
from tests.support.people import Person

# No NUL: PostgreSQL cannot hold one, and no form of ours takes one.
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=14) | st.text(
    "a@b1 上海🍵é\u0301%_'\"\\\n", max_size=14
)


def in_sql(mask: Mask, text: str | None) -> str:
    """What the database makes of a text: of a value, because a table would make a thousand examples slow."""
    expression = masked(mask, Value(text, output_field=CharField()))
    compiler = Account.objects.everything(reason="test").query.get_compiler("default")
    sql, params = compiler.compile(expression.resolve_expression(compiler.query))
    sql = sql.replace("%s", "CAST(%s AS text)")  # as a column would be, of a known type
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql}", params)
        return str(cursor.fetchone()[0])


@pytest.mark.django_db
@pytest.mark.parametrize("mask", list(Mask))
def test_a_mask_leaves_the_same_in_sql_as_in_python(mask: Mask) -> None:
    @settings(max_examples=300, deadline=None, database=None)
    @given(TEXTS)
    @example("")
    @example("@")
    @example("@example.com")
    @example("a@b@c")
    @example("5")
    @example("1234567")
    @example("12345678")
    @example("🍵🍵🍵🍵🍵🍵🍵🍵")
    @example("上海晨光科技有限公司")
    def same(text: str) -> None:
        assert in_sql(mask, text) == mask.hide(text)

    same()


@pytest.mark.django_db
@pytest.mark.parametrize("mask", list(Mask))
def test_no_value_is_the_empty_text(mask: Mask) -> None:
    assert in_sql(mask, None) == ""


def test_every_mask_has_a_form_in_sql() -> None:
    assert set(MASKS) == set(Mask)


def test_a_column_is_masked(dora: Person) -> None:
    row = (
        Account.objects.everything(reason="test")
        .filter(pk=dora.account_pk)
        .values_list(masked(Mask.NAME, "legal_name"), masked(Mask.MOBILE, "mobile"), masked(Mask.EMAIL, "email"))
        .get()
    )
    # tests/support/people.py: Dora Distribution Ltd, 13900000001, dora@example.com
    assert row == ("D****", "139****0001", "d****@example.com")
