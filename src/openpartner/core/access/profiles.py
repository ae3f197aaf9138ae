"""What people change about themselves: name, language, zone, theme, how lists look, and the account's own name."""

from __future__ import annotations

import json
import re
import zoneinfo
from functools import cache

from django.db import transaction

from openpartner.core.access.models import User
from openpartner.core.access.users import get_user
from openpartner.core.accounts.models import Account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command

LANGUAGES = ("en", "zh", "ja")
THEMES = ("auto", "light", "dark")
NAME_MAX = 64
ACCOUNT_NAME_MAX = 64
ACCOUNT_NAME = re.compile(r"[^\s\x00-\x1f\x7f]{1,64}")
"""huawei:B19 takes `domain_name` of up to 64 characters; a space in it could not be told from two names."""
PREFERENCE_KEY = re.compile(r"[a-z][a-z0-9_-]{0,39}\.(columns|density|order|size|views)")
PREFERENCE_MAX = 4096
PREFERENCES_MAX = 100


@command(Action.PROFILE_CHANGED, permission=None)
def change_profile(
    caller: Caller,
    *,
    name: str | None = None,
    language: str | None = None,
    time_zone: str | None = None,
    theme: str | None = None,
) -> User:
    """Change the caller's own name, language, time zone (IANA name) or theme; None leaves it as it is.

    Invalid names the field.
    """
    user = get_user(caller.scope, caller.user or 0)
    given = {"name": name, "language": language, "time_zone": time_zone, "theme": theme}
    changed = {field: value for field, value in given.items() if value is not None}
    if "name" in changed:
        changed["name"] = _free_name(user, changed["name"])
    for field, known in (("language", LANGUAGES), ("theme", THEMES), ("time_zone", time_zones())):
        if field in changed and changed[field] not in known:
            raise Invalid(field, "is none of those we know")
    for field, value in changed.items():
        setattr(user, field, value)
    user.save(update_fields=list(changed))
    record(caller, Action.PROFILE_CHANGED, user=caller.user_name, changed=changed)
    return user


@command(Action.ACCOUNT_UPDATED, permission=Permission.MEMBER_MANAGE)
def change_account_name(caller: Caller, *, account_name: str) -> Account:
    """Change the name of the caller's own account, with which its people ask for Huawei tokens. Invalid when taken."""
    name = account_name.strip()
    if not ACCOUNT_NAME.fullmatch(name):
        raise Invalid("account_name", f"has 1 to {ACCOUNT_NAME_MAX} characters and no space")
    accounts = Account.objects.everything(reason="account names are unique in the whole channel")
    if accounts.filter(account_name=name).exclude(pk=caller.account).exists():
        raise Invalid("account_name", "is taken")
    account = accounts.select_for_update(no_key=True).get(pk=caller.account)
    before, account.account_name = account.account_name, name
    account.fold_names()
    account.save(update_fields=["account_name", *Account.FOLDED])
    record(caller, Action.ACCOUNT_UPDATED, subject=account, fields=["account_name"], before=before, after=name)
    return account


def set_preference(caller: Caller, *, key: str, value: object) -> None:
    """Keep how the caller likes a list: `<list>.columns`, `.density`, `.order`, `.size` or `.views`; None forgets.

    Invalid for another key or a value of more than 4 KB of JSON. It is no command: how somebody arranges a table
    changes nothing for anybody else, and would fill the audit log.
    """
    if not PREFERENCE_KEY.fullmatch(key):
        raise Invalid("key", "is not a preference we know")
    try:
        stored = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise Invalid("value", "is not JSON") from error
    if len(stored.encode()) > PREFERENCE_MAX:
        raise Invalid("value", f"is longer than {PREFERENCE_MAX} bytes")
    with transaction.atomic():
        rows = User.objects.within(caller.scope).select_for_update(no_key=True)
        user = rows.get(pk=caller.user or 0)
        kept = preferences(user)
        kept.pop(key, None)
        if value is not None:
            kept[key] = value
        if len(kept) > PREFERENCES_MAX:
            raise Invalid("key", f"is one more than the {PREFERENCES_MAX} that are kept")
        rows.filter(pk=user.pk).update(preferences=json.dumps(kept, ensure_ascii=False, sort_keys=True))


def preferences(user: User) -> dict[str, object]:
    """What the user likes, by key."""
    found = json.loads(user.preferences or "{}")
    return found if isinstance(found, dict) else {}


def _free_name(user: User, name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > NAME_MAX:
        raise Invalid("name", f"has 1 to {NAME_MAX} characters")
    namesakes = User.objects.everything(reason="names are unique in an account").filter(account_id=user.account_id)
    if namesakes.filter(name=name).exclude(pk=user.pk).exists():
        raise Invalid("name", "is taken")
    return name


@cache
def time_zones() -> frozenset[str]:
    """The zones people may choose, by IANA name."""
    return frozenset(name for name in zoneinfo.available_timezones() if "/" in name or name == "UTC")
