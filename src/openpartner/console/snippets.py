"""The vendor call that does what a page shows, as a program for the vendor's own SDK that can be copied and run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from openpartner.core.access.keys import NewKey
from openpartner.core.access.queries import usable_key
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.filters import CustomerFilter
from openpartner.kit.clock import utc_second

HUAWEI_SECRET, TENCENT_SECRET = "HUAWEICLOUD_SDK_SK", "TENCENTCLOUD_SECRET_KEY"  # names of variables
HUAWEI_KEY, TENCENT_KEY = "HUAWEICLOUD_SDK_AK", "TENCENTCLOUD_SECRET_ID"
ROWS = 100
"""How many rows a list is asked for: the most that either vendor allows."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A program and what it is for."""

    title: str
    text: str


def huawei(title: str, call: str, *, names: Sequence[str], key: str, secret: str = "") -> Snippet:
    """A program for `huaweicloudsdkbssintl`: `call` uses `client` and the `names` of its module v2.

    Key and secret are read from the SDK's environment variables where they are not given.
    """
    text = f"""
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkbssintl.v2 import {", ".join(["BssintlClient", *names])}

credentials = GlobalCredentials({_given(key, HUAWEI_KEY)}, {_given(secret, HUAWEI_SECRET)})
endpoint = {_quoted(settings.OPENPARTNER.api_url)}
client = BssintlClient.new_builder().with_credentials(credentials).with_endpoint(endpoint).build()
{call}
"""
    return Snippet(title, _with_environment(text))


def tencent(title: str, call: str, *, key: str, secret: str = "") -> Snippet:
    """A program for `tencentcloud-sdk-python-intl-en`: `call` uses `client` and `models`. Likewise."""
    address = urlsplit(settings.OPENPARTNER.api_url)
    text = f"""
from tencentcloud.common import credential
from tencentcloud.common.profile import client_profile, http_profile
from tencentcloud.intlpartnersmgt.v20220928 import intlpartnersmgt_client, models

who = credential.Credential({_given(key, TENCENT_KEY)}, {_given(secret, TENCENT_SECRET)})
http = http_profile.HttpProfile(protocol={_quoted(address.scheme)}, endpoint={_quoted(address.netloc)})
profile = client_profile.ClientProfile(httpProfile=http)
client = intlpartnersmgt_client.IntlpartnersmgtClient(who, "", profile)
{call}
"""
    return Snippet(title, _with_environment(text))


def for_key(caller: Caller, made: NewKey | None = None) -> list[Snippet]:
    """A first call of each vendor that the caller may make, with the secret only of a key that has just been made."""
    key = made.access_key if made else usable_key(caller.scope, caller.user)
    secret = made.secret_key if made else ""
    snippets = for_customers(CustomerFilter(), caller, key=key, secret=secret)
    if not any("tencentcloud" in one.text for one in snippets):
        call = "print(client.GetCountryCodes(models.GetCountryCodesRequest()))"
        snippets.append(tencent("Tencent Cloud · GetCountryCodes", call, key=key, secret=secret))
    return snippets


def for_customers(where: CustomerFilter, caller: Caller, *, key: str | None = None, secret: str = "") -> list[Snippet]:
    """The calls that list what a list of customers shows; a comment in each names the filters it does not know.

    Empty for who can list no customers by API. `where.partner` is one of the caller's second-level resellers.
    """
    if not caller.kind.is_partner or Permission.CUSTOMER_READ not in caller.permissions:
        return []
    key = usable_key(caller.scope, caller.user) if key is None else key
    reseller = _reseller(where, caller)
    if where.is_direct is False and reseller is None:
        return []
    found = []
    if caller.kind.pays:
        found.append(_huawei_list(where, reseller, key, secret))
    found.append(_tencent_list(where, reseller, key, secret))
    return found


def _huawei_list(where: CustomerFilter, reseller: Account | None, key: str, secret: str) -> Snippet:
    begin, end = where.associated_from, where.associated_until
    parameters = {
        "account_name": where.account_name_contains,
        "customer": where.legal_name_contains,
        "label": where.tag,
        "association_type": None if where.association is None else str(int(where.association)),
        "associated_on_begin": utc_second(begin) if begin else None,
        "associated_on_end": utc_second(end) if end else None,
        "customer_id": where.account_id,
        "indirect_partner_id": reseller.account_id if reseller else None,
    }
    known = {
        "account_name_contains",
        "legal_name_contains",
        "tag",
        "association",
        "associated_from",
        "associated_until",
        "account_id",
    }
    given = "".join(f"    {name}={_quoted(value)},\n" for name, value in parameters.items() if value)
    call = (
        f"{_unknown(where, known)}wanted = QuerySubCustomerListReq(\n{given}    offset=0,\n    limit={ROWS},\n)\n"
        "print(client.list_sub_customers(ListSubCustomersRequest(body=wanted)))"
    )
    names = ("ListSubCustomersRequest", "QuerySubCustomerListReq")
    return huawei("Huawei Cloud · ListSubCustomers", call, names=names, key=key, secret=secret)


def _tencent_list(where: CustomerFilter, reseller: Account | None, key: str, secret: str) -> Snippet:
    if where.uin is not None and reseller is None:
        name, given, known = "DescribeCustomerInfo", f"request.CustomerUin = [{_quoted(str(where.uin))}]", {"uin"}
    else:
        name, given, known = "DescribeCustomerUin", f"request.Page, request.PageSize = 1, {ROWS}", set[str]()
        if reseller is not None:
            name = "QueryT1IndirectCustomersDetail"
            given = f"request.SubAgentUin = {reseller.uin}\n{given}"
    call = f"{_unknown(where, known)}request = models.{name}Request()\n{given}\nprint(client.{name}(request))"
    return tencent(f"Tencent Cloud · {name}", call, key=key, secret=secret)


def _reseller(where: CustomerFilter, caller: Caller) -> Account | None:
    if where.partner is None or caller.kind is not AccountKind.DISTRIBUTOR:
        return None
    resellers = Account.objects.within(caller.scope).filter(kind=AccountKind.SECOND_LEVEL_RESELLER)
    return resellers.filter(pk=where.partner).first()


def _unknown(where: CustomerFilter, known: set[str]) -> str:
    """A comment that names the filters that are set and that the call does not know."""
    passed_by = {"partner", "is_direct", *known}
    names = [one.name for one in fields(where) if one.name not in passed_by and getattr(where, one.name) is not None]
    return f"# {_('This call cannot filter by:')} {', '.join(names)}\n" if names else ""


def _given(value: str, variable: str) -> str:
    return _quoted(value) if value else f"os.environ[{_quoted(variable)}]"


def _quoted(value: str) -> str:
    """A text as Python spells it: JSON's spelling is one of them."""
    return json.dumps(value, ensure_ascii=False)


def _with_environment(text: str) -> str:
    return ("import os\n" if "os.environ" in text else "") + text.lstrip()
