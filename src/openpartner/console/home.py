"""The start page: what needs attention, and the channel in figures."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from openpartner.console.menu import Group, Menu
from openpartner.console.page import page
from openpartner.core.base.caller import Caller


@page("", None, menu=Menu(Group.START, _("Home"), "home", "h"))
def home(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Figures of what the person may see."""
    return render(request, "console/home.html", {"caller": caller})
