"""Opens a session for each persona of a store and prints their keys as JSON. Run with the store's environment."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpartner.project.settings")
django.setup()

from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory

from openpartner.console.identity.sessions import open_session
from openpartner.core.access.models import User


def main() -> None:
    """Sign everybody in."""
    credentials = Path(os.environ["OPENPARTNER_DATA"], "demo-credentials.json").read_text("utf-8")
    keys = {}
    for role, persona in json.loads(credentials)["personas"].items():
        users = User.objects.everything(reason="benchmark").select_related("account")
        request = RequestFactory().get("/")
        request.session, request.user = SessionStore(), AnonymousUser()
        open_session(request, users.get(email=persona["email"]))
        request.session.save()
        keys[role] = request.session.session_key
    json.dump(keys, sys.stdout)


if __name__ == "__main__":
    main()
