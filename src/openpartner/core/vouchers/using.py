"""Using vouchers: purses to pick from, uses staged with the lines they pay, and posted with their publication."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from openpartner.core.ledger.models import Kind, Transfer
from openpartner.core.ledger.transfers import Cause, Order, post
from openpartner.core.vouchers.ending import give_back
from openpartner.core.vouchers.lists import codes
from openpartner.core.vouchers.models import Voucher, VoucherUse
from openpartner.core.vouchers.purses import used_purse, voucher_purse, vouchers_left
from openpartner.core.vouchers.queries import STANDING
from openpartner.core.vouchers.rules import Purse
from openpartner.core.vouchers.vocabulary import PaymentMode, Reach, VoucherKind, VoucherState
from openpartner.kit import clock

AT_ONCE = 500
OVER = (VoucherState.EXPIRED, VoucherState.WITHDRAWN, VoucherState.RECLAIMED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a use tells of the bill line that was paid."""

    line_id: int
    bill_id: str
    order_id: str
    charging: str
    service_code: str
    service_name: str
    product_code: str
    product_name: str
    charged_at: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """A use that is to be staged."""

    voucher: int
    micros: int
    line: Line


def standing_lines(provider: int, cloud: str, month: int) -> dict[int, list[VoucherUse]]:
    """The uses of a cloud's month that stand, by line."""
    rows = VoucherUse.objects.everything(reason="of a month that is being written")
    found: dict[int, list[VoucherUse]] = {}
    for one in rows.filter(STANDING, provider=provider, cloud=cloud, month=month):
        found.setdefault(one.line_id, []).append(one)
    return found


def purses(provider: int, undone: Iterable[VoucherUse], beside: Sequence[str] = ()) -> dict[int, list[Purse]]:
    """What there is to pick from, by customer: what vouchers still pay, and what undone uses give back to them.

    What is staged under the tokens of `beside` counts as done.
    """
    back: dict[int, int] = {}
    for use in undone:
        back[use.voucher_id] = back.get(use.voucher_id, 0) + use.micros
    for use in _staged_beside(beside):
        change = -use.micros if use.undoes_id is None else use.micros
        back[use.voucher_id] = back.get(use.voucher_id, 0) + change
    rows = Voucher.objects.everything(reason="of a month that is being written")
    able = Q(state=VoucherState.ISSUED) | Q(pk__in=list(back))
    vouchers = list(rows.filter(able, provider=provider, kind=VoucherKind.CUSTOMER))
    left = vouchers_left(vouchers)
    found: dict[int, list[Purse]] = {}
    for one in vouchers:
        micros = left[one.pk] + back.get(one.pk, 0)
        if micros > 0 and one.customer_id is not None:
            found.setdefault(one.customer_id, []).append(_purse(one, micros))
    return found


def stage_uses(provider: int, cloud: str, month: int, token: str, drafts: Iterable[Draft]) -> int:
    """Keep uses for the attempt to publish that the token names; returns how many. Nobody reads them before."""
    moment, staged = clock.now(), 0
    batch: list[Draft] = []
    for draft in drafts:
        batch.append(draft)
        if len(batch) == AT_ONCE:
            staged += _stage(provider, cloud, month, token, batch, moment)
            batch = []
    return staged + (_stage(provider, cloud, month, token, batch, moment) if batch else 0)


def stage_undoing(token: str, uses: Sequence[VoucherUse]) -> None:
    """Keep that an attempt takes these uses back, because it replaces their lines."""
    moment = clock.now()
    copied = [one.attname for one in VoucherUse._meta.concrete_fields if one.attname not in {"id", "posted_at"}]
    rows = []
    for use in uses:
        row = VoucherUse(**{name: getattr(use, name) for name in copied})
        row.undoes_id, row.staged_by, row.staged_at, row.transfer_id = use.pk, token, moment, None
        rows.append(row)
    VoucherUse.objects.bulk_create(rows, batch_size=AT_ONCE)


def post_uses(token: str) -> int:
    """Post what an attempt has staged, in the transaction that publishes it; returns how many rows.

    First what it takes back, then what it uses. NotCovered when a voucher no longer holds what was counted on: the
    attempt must be made anew then.
    """
    rows = VoucherUse.objects.everything(reason="of a month that is being published").filter(staged_by=token)
    staged = list(rows.filter(posted_at__isnull=True).order_by("pk"))
    if not staged:
        return 0
    vouchers = _locked({one.voucher_id for one in staged})
    backs, uses = _sums(staged, is_undoing=True), _sums(staged, is_undoing=False)
    orders = [
        *(_order(vouchers[key], micros, token, is_undoing=True) for key, micros in sorted(backs.items())),
        *(_order(vouchers[key], micros, token, is_undoing=False) for key, micros in sorted(uses.items())),
    ]
    transfers = post(orders)
    keys = [(key, True) for key in sorted(backs)] + [(key, False) for key in sorted(uses)]
    _mark(staged, dict(zip(keys, transfers, strict=True)))
    _settle_states(vouchers.values(), staged, token)
    return len(staged)


def _staged_beside(tokens: Sequence[str]) -> list[VoucherUse]:
    if not tokens:
        return []
    rows = VoucherUse.objects.everything(reason="of months that are written together")
    return list(rows.filter(staged_by__in=list(tokens), posted_at__isnull=True))


def _purse(voucher: Voucher, micros: int) -> Purse:
    return Purse(
        key=voucher.pk,
        micros=micros,
        valid_from=voucher.valid_from,
        valid_until=voucher.valid_until,
        payment_mode=PaymentMode(voucher.payment_mode),
        reach=Reach(voucher.reach),
        services=codes(voucher.services),
        products=codes(voucher.products),
        is_reusable=voucher.is_reusable,
        partner=voucher.partner_id,
        currency=voucher.currency,
    )


def _stage(provider: int, cloud: str, month: int, token: str, drafts: Sequence[Draft], moment: datetime) -> int:
    keys = {one.voucher for one in drafts}
    vouchers = Voucher.objects.everything(reason="of a month that is being written").in_bulk(keys)
    rows = []
    for draft in drafts:
        voucher, line = vouchers[draft.voucher], draft.line
        assert voucher.provider_id == provider
        assert voucher.customer_id is not None, "picked for a customer"
        rows.append(
            VoucherUse(
                voucher=voucher,
                month=month,
                cloud=cloud,
                micros=draft.micros,
                staged_by=token,
                staged_at=moment,
                provider_id=provider,
                payer_id=voucher.payer_id,
                partner_id=voucher.partner_id,
                customer_id=voucher.customer_id,
                **{name: getattr(line, name) for name in Line.__slots__},
            )
        )
    return len(VoucherUse.objects.bulk_create(rows))


def _locked(keys: Collection[int]) -> dict[int, Voucher]:
    rows = Voucher.objects.everything(reason="of a month that is being published").select_for_update(
        no_key=True, of=("self",)
    )
    found: dict[int, Voucher] = {}
    wanted = sorted(keys)
    for start in range(0, len(wanted), AT_ONCE):
        found.update((one.pk, one) for one in rows.filter(pk__in=wanted[start : start + AT_ONCE]).order_by("pk"))
    return found


def _sums(staged: Iterable[VoucherUse], *, is_undoing: bool) -> dict[int, int]:
    sums: dict[int, int] = {}
    for one in staged:
        if (one.undoes_id is not None) is is_undoing:
            sums[one.voucher_id] = sums.get(one.voucher_id, 0) + one.micros
    return sums


def _order(voucher: Voucher, micros: int, token: str, *, is_undoing: bool) -> Order:
    left, used = voucher_purse(voucher).pk, used_purse(voucher).pk
    word = "undo" if is_undoing else "use"
    return Order(
        key=f"voucher-{word}:{token}:{voucher.pk}",
        kind=Kind.REVERSAL if is_undoing else Kind.VOUCHER_USE,
        debit=used if is_undoing else left,
        credit=left if is_undoing else used,
        micros=micros,
        cause=Cause(table="voucher", row=voucher.pk),
    )


def _mark(staged: Sequence[VoucherUse], transfers: dict[tuple[int, bool], Transfer]) -> None:
    moment = clock.now()
    for one in staged:
        one.posted_at = moment
        one.transfer = transfers[one.voucher_id, one.undoes_id is not None]
    VoucherUse.objects.everything(reason="just posted").bulk_update(staged, ["posted_at", "transfer"], AT_ONCE)
    undone = [one.undoes_id for one in staged if one.undoes_id is not None]
    rows = VoucherUse.objects.everything(reason="their lines are replaced")
    for start in range(0, len(undone), AT_ONCE):
        rows.filter(pk__in=undone[start : start + AT_ONCE]).update(undone_at=moment)


def _settle_states(vouchers: Collection[Voucher], staged: Sequence[VoucherUse], token: str) -> None:
    """What vouchers are after it: used up, usable again, or over, and then what came back goes where it came from."""
    left = vouchers_left(vouchers)
    latest: dict[int, datetime] = {}
    for one in staged:
        if one.undoes_id is None:
            latest[one.voucher_id] = max(one.charged_at, latest.get(one.voucher_id, one.charged_at))
    for voucher in vouchers:
        rest = left[voucher.pk]
        if voucher.state in OVER:
            if rest:
                give_back(voucher, rest, Kind.VOUCHER_EXPIRY, f"voucher-rest:{token}:{voucher.pk}")
            voucher.left_micros = (voucher.left_micros or 0) + rest
        else:
            is_spent = not rest or (not voucher.is_reusable and voucher.pk in latest)
            voucher.state = VoucherState.USED if is_spent else VoucherState.ISSUED
        voucher.used_at = latest.get(voucher.pk, voucher.used_at)
        voucher.save(update_fields=["state", "left_micros", "used_at"])
