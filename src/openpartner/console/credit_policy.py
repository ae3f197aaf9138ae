"""When customers of a partner stop (tencent:E.3), tried before it is decided."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.utils.translation import ngettext

from openpartner.console.form_page import Ask, done
from openpartner.console.money_form import Preview, Steps, money_form
from openpartner.console.page import FORM, page
from openpartner.core.accounts.models import Account, Flag
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.credit.policies import RETENTION_DAYS_MAX, policy_of, set_policy
from openpartner.core.credit.standing import would_change
from openpartner.core.partners.queries import has_flag
from openpartner.kit.masks import mask_name

NAMED = 5
STOPS = [("no", __("when available credit falls below zero")), ("yes", __("when nothing is available any more"))]


class PolicyForm(forms.Form):
    """When customers stop, and how long their data is kept under special rules."""

    stop_at_zero = forms.TypedChoiceField(
        label=__("Services of a customer stop"),
        choices=[
            ("no", __("when available credit falls below zero")),
            ("yes", __("when nothing is available any more")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    retention_days = forms.IntegerField(
        label=__("Days until data may be deleted, under special suspension rules"),
        min_value=0,
        max_value=RETENTION_DAYS_MAX,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )


def has_policy(caller: Caller) -> bool:
    """Whether the caller decides for customers of its own: a partner does, but nobody with assigned customers."""
    return caller.kind.is_partner and caller.scope.manager is None


@page("credit/policy/", Permission.CREDIT_WRITE, methods=FORM, is_for=has_policy)
def credit_policy(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Change the policy, after seeing whom it would stop and who would resume."""
    kept = policy_of(caller.account)
    initial = {"stop_at_zero": "yes" if kept.stop_at_zero else "no", "retention_days": kept.retention_days}
    form = PolicyForm(request.POST or None, initial=initial)
    if not has_flag(caller, Flag.SPECIAL_SUSPENSION_RULES):
        del form.fields["retention_days"]

    def preview() -> Preview:
        found = would_change(caller, stop_at_zero=form.cleaned_data["stop_at_zero"])
        stops, resumes = len(found.stops), len(found.resumes)
        warnings, effects = [], []
        if stops:
            told = ngettext("%(n)s customer stops now: %(names)s", "%(n)s customers stop now: %(names)s", stops)
            warnings.append(told % {"n": stops, "names": _names(caller, found.stops)})
        else:
            effects.append(_("Nobody stops now."))
        if resumes:
            told = ngettext("%(n)s customer resumes now: %(names)s", "%(n)s customers resume now: %(names)s", resumes)
            effects.append(told % {"n": resumes, "names": _names(caller, found.resumes)})
        chosen = form["stop_at_zero"]
        facts = [(chosen.label, dict(STOPS)["yes" if form.cleaned_data["stop_at_zero"] else "no"])]
        return Preview(warnings=warnings, effects=effects, facts=facts)

    def act(_key: str) -> HttpResponse:
        set_policy(
            caller,
            stop_at_zero=form.cleaned_data["stop_at_zero"],
            retention_days=form.cleaned_data.get("retention_days"),
        )
        return done(request, _("The suspension policy was changed."), reverse("credit"))

    ask = Ask(
        title=_("Suspension policy"),
        lead=_("It holds for all of your direct customers, but for those with the non-stop privilege."),
        effects=[
            _("Stopped means: no purchase, renewal or change; pay-as-you-go stops, what is paid runs to its end."),
            _("Services go on by themselves as soon as credit is available again."),
        ],
        submit=_("Change the policy"),
        back=reverse("credit"),
        back_label=_("Credit"),
    )
    return money_form(request, caller, form, ask, Steps(preview=preview, act=act))


def _names(caller: Caller, keys: tuple[int, ...]) -> str:
    rows = Account.objects.within(caller.own()).filter(pk__in=keys[:NAMED]).order_by("pk")
    names = [mask_name(row.called) for row in rows]
    return ", ".join([*names, "…"] if len(keys) > NAMED else names)
