"""What of sign-in has expired and may be forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from openpartner.core.access.codes import REMEMBERED
from openpartner.core.access.models import (
    AccessKey,
    AuthToken,
    PasswordLink,
    RememberedAnswer,
    SentForm,
    Throttle,
    UserSession,
    VerificationCode,
)
from openpartner.kit import clock

TEMPORARY_KEYS_KEPT = timedelta(days=7)
"""After their end: writes that they signed are remembered with them, and told apart by their clients for a week."""
SESSIONS_UNSEEN = timedelta(days=30)
"""Longer than any session lasts, so that a row never goes before its session."""


def expired_rows() -> tuple[QuerySet[Any], ...]:
    """The rows to delete, by table: remembered answers, sent forms, tokens, links, codes, counts and sessions."""
    now = clock.now()
    return (
        RememberedAnswer.objects.filter(expires_at__lt=now),
        SentForm.objects.filter(expires_at__lt=now),
        AuthToken.objects.filter(expires_at__lt=now),
        AccessKey.objects.everything(reason="upkeep").filter(expires_at__lt=now - TEMPORARY_KEYS_KEPT),
        PasswordLink.objects.filter(expires_at__lt=now),
        Throttle.objects.filter(until__lt=now),
        VerificationCode.objects.filter(sent_at__lt=now - REMEMBERED),
        Session.objects.filter(expire_date__lt=now),
        UserSession.objects.everything(reason="upkeep").filter(last_seen_at__lt=now - SESSIONS_UNSEEN),
    )
