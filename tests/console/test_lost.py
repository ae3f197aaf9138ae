"""Addresses that lead nowhere, told to people in their own language."""

import pytest

from openpartner.core.access.models import User
from tests.console.test_customers_page import signed_in
from tests.support.people import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("language", "title"), [("en", "There is no such page"), ("zh", "页面不存在")])
def test_no_such_page_in_the_language_of_the_person(world: World, language: str, title: str) -> None:
    User.objects.everything(reason="a test").filter(pk=world.dora.user.pk).update(language=language)
    answer = signed_in(world.dora).get("/nowhere/")
    assert answer.status_code == 404
    assert f"<h1>{title}</h1>" in answer.content.decode()
