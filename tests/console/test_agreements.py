"""Pages of agreements: the provider writes and publishes, accounts accept, renew and let go (tencent:A.1)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from openpartner.core.access.roles import Preset
from openpartner.core.agreements.models import Acceptance, AgreementVersion
from openpartner.core.agreements.publishing import publish, save_draft
from openpartner.core.agreements.samples import publish_samples, sample
from openpartner.core.agreements.vocabulary import Agreement
from openpartner.kit import clock
from tests.console.organization.people import browser, member
from tests.support.people import World

pytestmark = pytest.mark.django_db

WHY = "the test looks at everything"


def page(client: Client, address: str, **data: str) -> str:
    """What a page says, or where a form leads to."""
    answer: Any = client.post(address, data, follow=True) if data else client.get(address)
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def versions() -> list[tuple[str, int, bool]]:
    rows = AgreementVersion.objects.everything(reason=WHY).order_by("pk")
    return [(row.agreement, row.number, row.is_published) for row in rows]


def states(name: str) -> list[str]:
    rows = Acceptance.objects.everything(reason=WHY).filter(account__account_name=name).order_by("pk")
    return [row.state for row in rows]


def test_a_version_is_written_from_a_sample_and_published(world: World) -> None:
    pia = browser(world.pia)
    assert "SAMPLE TEXT" in page(pia, "/agreement-versions/write/customer-agreement/")
    words = {"title_en": "Terms", "text_en": "# One\n\nBe <b>kind</b>.", "title_zh": "条款", "text_zh": "友善。"}
    shown = page(pia, "/agreement-versions/write/customer-agreement/", **words)
    assert "Be &lt;b&gt;kind&lt;/b&gt;." in shown
    assert "日本語" in shown, "what is missing is named"
    draft = AgreementVersion.objects.everything(reason=WHY).get()
    refused: Any = pia.post(f"/agreement-versions/{draft.pk}/publish/", {"effective_on": ""})
    assert refused.status_code == 422
    page(pia, "/agreement-versions/write/customer-agreement/", **words, title_ja="規約", text_ja="親切に。")
    past: Any = pia.post(f"/agreement-versions/{draft.pk}/publish/", {"effective_on": "2020-01-01"})
    assert (past.status_code, versions()) == (422, [("customer-agreement", 1, False)])
    assert "The version was published." in page(pia, f"/agreement-versions/{draft.pk}/publish/", effective_on="")
    assert versions() == [("customer-agreement", 1, True)]
    assert browser(world.dora).get("/agreement-versions/").status_code == 403


def test_an_account_reads_keeps_and_accepts(world: World) -> None:
    publish_samples(world.pia.caller)
    version = AgreementVersion.objects.everything(reason=WHY).get(agreement=Agreement.CUSTOMER_AGREEMENT)
    carl, address = browser(world.carl), f"/agreements/{version.pk}/"
    assert "Waits for your acceptance" in page(carl, "/agreements/")
    assert "客户协议" in page(carl, f"{address}?language=zh")
    for kind, mark in (("txt", "Customer agreement (sample)\n==="), ("html", "<h1>Customer agreement (sample)</h1>")):
        file: Any = carl.get(f"{address}file/{kind}/")
        assert mark in file.content.decode()
        assert file.headers["Content-Disposition"].startswith("attachment;")
    assert carl.get(f"{address}file/pdf/").status_code == 404
    unread: Any = carl.post(f"{address}accept/", {"x": "1"})
    assert (unread.status_code, states("carl_account")) == (422, [])
    page(carl, f"{address}accept/?language=ja", has_read="on")
    assert "It was accepted before." in page(carl, f"{address}accept/", has_read="on")
    (held,) = Acceptance.objects.everything(reason=WHY).filter(version=version)
    assert (held.language, held.state, bool(held.source)) == ("ja", "in-force", True)
    assert browser(world.dora).get(address).status_code == 404, "a partner is not asked for it"


def test_only_who_speaks_for_the_account_accepts(world: World) -> None:
    publish_samples(world.pia.caller)
    version = AgreementVersion.objects.everything(reason=WHY).get(agreement=Agreement.PARTNER_CONTRACT)
    reader = browser(member(world.sol, "rosa", Preset.READ_ONLY))
    assert "An administrator of your organization accepts it." in page(reader, "/agreements/")
    assert reader.post(f"/agreements/{version.pk}/accept/", {"has_read": "on"}).status_code == 403


def test_a_contract_is_let_go_kept_and_renewed(world: World) -> None:
    start = clock.now()
    with clock.frozen(start - timedelta(days=300)):
        draft = save_draft(
            world.pia.caller, agreement=Agreement.PARTNER_CONTRACT, words=sample(Agreement.PARTNER_CONTRACT)
        )
        version = publish(world.pia.caller, version=draft.pk)
        sol = browser(world.sol)
        page(sol, f"/agreements/{version.pk}/accept/", has_read="on")
        key = Acceptance.objects.everything(reason=WHY).get().pk
        refused: Any = sol.post(f"/contracts/{key}/renew/", {"has_read": "on"})
        assert refused.status_code == 422
        assert "in the last 45 days" in refused.content.decode()
        page(sol, f"/contracts/{key}/end/", reason="we part")
        assert states("sol_account") == ["ending"]
        page(sol, f"/contracts/{key}/keep/", x="1")
    with clock.frozen(start + timedelta(days=25)):
        shown = page(browser(world.sol), "/agreements/")
        assert f"/contracts/{key}/renew/" in shown
        page(browser(world.sol), f"/contracts/{key}/renew/", has_read="on")
    assert states("sol_account") == ["renewed", "in-force"]
    for place in ("renew", "end", "keep"):
        assert browser(world.olga).get(f"/contracts/{key}/{place}/").status_code == 404
