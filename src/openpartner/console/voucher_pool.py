"""The voucher pool of a partner seen from above: granted by the provider, or by a distributor to a reseller."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.audiences import is_provider
from openpartner.console.form_page import Ask, done
from openpartner.console.money_form import AmountField, Figure, Preview, Steps, Way, money_form, rehearsed
from openpartner.console.page import FORM, page
from openpartner.console.reseller_credit import sees_partners_credit
from openpartner.console.voucher_parts import RemarkForm, named
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.partners.queries import get_partner
from openpartner.core.vouchers.purses import currency_of
from openpartner.core.vouchers.queries import pool_of_partner
from openpartner.core.vouchers.quotas import change_pool
from openpartner.kit.money import Money


class PoolForm(RemarkForm):
    """An amount that goes into a pool or comes out of it."""

    way = forms.ChoiceField(
        label=__("What to do"),
        choices=[(Way.GIVE, __("Add to the pool")), (Way.TAKE, __("Take out of the pool"))],
        initial=Way.GIVE,
        widget=forms.RadioSelect,
    )
    amount = AmountField(label=__("Amount"))
    field_order = ("way", "amount", "remark")


@page("resellers/<str:account_id>/vouchers/", Permission.VOUCHER_WRITE, methods=FORM, is_for=sees_partners_credit)
def change_voucher_pool(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """Change the pool out of which a partner issues vouchers, after seeing what will be left."""
    found = get_partner(caller.scope, account_id=account_id)
    if found.partner_id != caller.account:
        raise NotVisible("partner")
    currency, form = currency_of(found), PoolForm(request.POST or None)
    back = reverse("reseller_credit", args=[account_id])

    def pool() -> tuple[Money, Money]:
        now = pool_of_partner(found.pk)
        return Money(currency, now.total_micros), Money(currency, now.left_micros)

    def own() -> Money:
        return Money(currency, pool_of_partner(caller.account).left_micros)

    def order(key: str | None) -> tuple[Money, Money, Money]:
        amount = form.cleaned_data["amount"]
        change = amount if form.cleaned_data["way"] == Way.GIVE else -amount
        change_pool(caller, partner=account_id, amount=change, remark=form.cleaned_data["remark"], key=key)
        return *pool(), own()

    (total, left), mine = pool(), own()

    def preview() -> Preview:
        then_total, then_left, then_mine = rehearsed(lambda: order(None))
        figures = [Figure(_("Voucher pool"), total, then_total), Figure(_("Not issued yet"), left, then_left)]
        if not is_provider(caller):
            figures.append(Figure(_("Left in your voucher pool"), mine, then_mine))
        remark = form.cleaned_data["remark"]
        return Preview(figures=figures, facts=[(_("Remark"), remark)] if remark else [])

    def act(key: str) -> HttpResponse:
        now, _left, _mine = order(key)
        return done(request, _("The voucher pool comes to %(total)s now.") % {"total": now}, back)

    ask = Ask(
        title=_("Change the voucher pool"),
        lead=named(found),
        effects=[
            _("The partner may issue vouchers to its customers out of its pool, and no more. It takes effect at once."),
            _("At most what has not been issued can be taken back."),
        ],
        submit=_("Change the pool"),
        back=back,
        back_label=_("Credit"),
    )
    figures = [Figure(_("Voucher pool"), total), Figure(_("Not issued yet"), left)]
    if not is_provider(caller):
        figures.append(Figure(_("Left in your voucher pool"), mine))
    return money_form(request, caller, form, ask, Steps(figures=figures, preview=preview, act=act))
