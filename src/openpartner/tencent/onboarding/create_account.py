"""CreateAccount: a partner creates the account of a customer, which is bound to it at once."""

from __future__ import annotations

from django.db import transaction

from openpartner.apikit.call import Counted
from openpartner.core.access.codes import Verdict
from openpartner.core.accounts.models import Account, Flag
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotAllowed
from openpartner.core.base.permissions import Permission
from openpartner.core.eligibility.causes import Barred
from openpartner.core.onboarding.creating import TELLING, check_code, create_bound, is_telling_too_much
from openpartner.core.onboarding.registering import NAME_MAX, NewAccount
from openpartner.core.partners.queries import has_flag
from openpartner.tencent.base import DSR, TencentResponse
from openpartner.tencent.errors import CODE_ILLEGAL, FAILED, THROTTLED, UNAUTHORIZED, WrongKind
from openpartner.tencent.onboarding.new_account import ACCOUNT_TYPES, CreateAccount, check
from openpartner.tencent.onboarding.numbers import stored
from openpartner.tencent.registry import operation

SUCCESS = "success"


class CreateAccountResponse(TencentResponse):
    """The account's uin, as a text (tencent:D.1), and what became of its binding."""

    uin: str
    reason: str


@operation(
    "CreateAccount",
    kinds=DSR,
    permission=Permission.CUSTOMER_CREATE,
    per_second=5,
    docs="product/1085/51417",
    writes=True,
    # The page lists no narrower code for those who may not.
    raises={WrongKind: UNAUTHORIZED, NotAllowed: UNAUTHORIZED},
)
def create_account(caller: Caller, request: CreateAccount) -> CreateAccountResponse:
    """Check every field, then the code, then what others have already, then the partner's quota."""
    if not has_flag(caller, Flag.API_CUSTOMER_CREATION):
        raise NotAllowed("the account may not create customers by API")
    check(request)
    try:
        # What creating fails by takes the use of a good code back. A wrong one is counted for good.
        with transaction.atomic():
            account = _created(caller, request)
    except Barred as error:
        if error.cause not in TELLING:
            raise
        if is_telling_too_much(caller):
            raise Counted(THROTTLED, "Too many addresses and numbers had an account already; wait an hour.") from error
        raise Counted(error.told.tencent or FAILED, error.message) from error
    if account is None:
        raise Counted(CODE_ILLEGAL, "The verification code is wrong, was used or has expired.")
    return CreateAccountResponse(str(account.uin), SUCCESS)


def _created(caller: Caller, request: CreateAccount) -> Account | None:
    """The account; None when the code was not the right one."""
    country_code, mobile = stored(request.country_code), request.phone_num
    verdict = check_code(caller, country_code=country_code, mobile=mobile, code=request.verify_code)
    if verdict is not Verdict.GOOD:
        return None
    new = NewAccount(
        # vendor doc silent: the name of an account; people know theirs by its address.
        account_name=request.mail if len(request.mail) <= NAME_MAX else "",
        legal_name=(request.customer_name or "").strip(),
        email=request.mail.casefold(),
        region=request.area,
        industry=request.trade_two,
        customer_type=ACCOUNT_TYPES[request.account_type],
        language=caller.language,
        country_code=country_code,
        mobile=mobile,
    )
    return create_bound(caller, new=new, password=request.password, remark=request.extended or "")
