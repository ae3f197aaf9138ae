"""The icons: drawn for this console on a grid of 24, as the contents of an svg element with strokes."""

from __future__ import annotations

from functools import cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

ICONS: dict[str, str] = {
    "home": '<path d="M4 11.5 12 4l8 7.5"/><path d="M6 10v9h12v-9"/><path d="M10 19v-5h4v5"/>',
    "customers": '<circle cx="9" cy="8" r="3.5"/><path d="M2.5 20c.6-3.8 3.2-5.5 6.5-5.5s5.9 1.7 6.5 5.5"/>'
    '<path d="M16 5a3.2 3.2 0 0 1 0 6"/><path d="M18 14.8c2 .8 3.2 2.5 3.5 5.2"/>',
    "resellers": '<path d="M4 9.5V20h16V9.5"/><path d="M3 9.5 5 4h14l2 5.5z"/><path d="M9.5 20v-6h5v6"/>',
    "link": '<path d="M10 14a4 4 0 0 0 5.7 0l3.1-3.1a4 4 0 0 0-5.7-5.7L12 6.3"/>'
    '<path d="M14 10a4 4 0 0 0-5.7 0l-3.1 3.1a4 4 0 0 0 5.7 5.7l1.1-1.1"/>',
    "expenditure": '<path d="M5 3.5h14v17l-2.8-1.8-2.1 1.8-2.1-1.8-2.1 1.8-2.1-1.8L5 20.5z"/>'
    '<path d="M9 8.5h6M9 12.5h6"/>',
    "bills": '<rect x="3" y="5.5" width="18" height="13" rx="2"/><circle cx="12" cy="12" r="2.8"/>'
    '<path d="M6.5 9v.1M17.5 15v.1"/>',
    "credit": '<rect x="3" y="5.5" width="18" height="13" rx="2"/><path d="M3 10h18"/><path d="M6.5 14.8h4"/>',
    "costs": '<path d="M4 4v16h16"/><path d="M8.5 16v-4M13 16V8M17.5 16v-6"/>',
    "restatements": '<path d="M4.5 12a7.5 7.5 0 1 1 2.3 5.4"/><path d="M4 20.5v-4h4"/><path d="M12 8v4.3l2.8 1.7"/>',
    "people": '<circle cx="12" cy="7.5" r="3.5"/><path d="M5 20c.7-4 3.4-6 7-6s6.3 2 7 6"/>',
    "managers": '<circle cx="9.5" cy="7.5" r="3.5"/><path d="M3 20c.6-4 3.1-6 6.5-6 1.6 0 3 .4 4.1 1.3"/>'
    '<path d="m15 18.5 2.2 2.2L21.5 16"/>',
    "roles": '<path d="M12 3 5 6v5.5c0 4.3 2.9 7.9 7 9.5 4.1-1.6 7-5.2 7-9.5V6z"/><path d="m9 11.5 2.2 2.2L15 10"/>',
    "key": '<circle cx="8" cy="15.5" r="4"/><path d="m11 12.5 8.5-8.5"/><path d="m16 7.5 2.5 2.5"/>',
    "audit": '<path d="M6 3h9l4 4v14H6z"/><path d="M15 3v4h4"/><path d="M9.5 12h6M9.5 16h6"/>',
    "agreement": '<path d="M6 3h9l4 4v14H6z"/><path d="M15 3v4h4"/><path d="M9 11.5h6"/>'
    '<path d="M9 17c1.2-2.2 2.2-2.2 2.4-.6.2 1.3 1 1.3 1.8 0 .6-1 1.4-.8 1.8.3"/>',
    "enterprise": '<path d="M4 20.5V5l8-2v17.5"/><path d="M12 9h8v11.5"/><path d="M2.5 20.5h19"/>'
    '<path d="M7.5 8.5v.1M7.5 12.5v.1M7.5 16.5v.1M16 13v.1M16 17v.1"/>',
    "jobs": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.5 2"/>',
    "import": '<path d="M12 4v10"/><path d="m8 10.5 4 4 4-4"/><path d="M4 17v3h16v-3"/>',
    "export": '<path d="M12 15V4"/><path d="m8 8 4-4 4 4"/><path d="M4 17v3h16v-3"/>',
    "mail": '<rect x="3" y="5.5" width="18" height="13" rx="2"/><path d="m3.5 7 8.5 6 8.5-6"/>',
    "message": '<path d="M4 5h16v11h-9l-4.5 4v-4H4z"/><path d="M8 10.5h8"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
    "menu": '<path d="M4 6.5h16M4 12h16M4 17.5h16"/>',
    "close": '<path d="m6 6 12 12M18 6 6 18"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
    "eye": '<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z"/>'
    '<circle cx="12" cy="12" r="3"/>',
    "eye-off": '<path d="M4 4l16 16"/><path d="M9.5 6c.8-.3 1.6-.5 2.5-.5 6 0 9.5 6.5 9.5 6.5s-1 1.9-2.9 3.6"/>'
    '<path d="M6 7.6C3.7 9.4 2.5 12 2.5 12S6 18.5 12 18.5c1.7 0 3.1-.5 4.4-1.2"/>',
    "up": '<path d="m6 14.5 6-6 6 6"/>',
    "down": '<path d="m6 9.5 6 6 6-6"/>',
    "left": '<path d="m14.5 6-6 6 6 6"/>',
    "right": '<path d="m9.5 6 6 6-6 6"/>',
    "first": '<path d="m17 6-6 6 6 6"/><path d="M7 6v12"/>',
    "columns": '<rect x="3.5" y="4.5" width="17" height="15" rx="2"/><path d="M9.2 4.5v15M14.8 4.5v15"/>',
    "filter": '<path d="M4 5.5h16l-6.2 7.2V19l-3.6-1.7v-4.6z"/>',
    "bookmark": '<path d="M6.5 4h11v16.5l-5.5-4-5.5 4z"/>',
    "code": '<path d="m8.5 7-5 5 5 5M15.5 7l5 5-5 5"/>',
    "more": '<circle cx="5.5" cy="12" r=".8"/><circle cx="12" cy="12" r=".8"/><circle cx="18.5" cy="12" r=".8"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "tag": '<path d="M3.5 12.5V4h8.5l8.5 8.5-8 8z"/><circle cx="8" cy="8.5" r="1.2"/>',
    "copy": '<rect x="8.5" y="8.5" width="12" height="12" rx="2"/><path d="M15.5 8.5v-5h-12v12h5"/>',
    "download": '<path d="M12 4v11"/><path d="m7.5 11 4.5 4.5 4.5-4.5"/><path d="M5 20h14"/>',
    "alert": '<path d="M12 4 2.8 20h18.4z"/><path d="M12 10v4.5M12 17.3v.2"/>',
    "bell": '<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 2h-15z"/><path d="M10 20.8a2.1 2.1 0 0 0 4 0"/>',
    "gauge": '<path d="M4.2 17.5a8.5 8.5 0 1 1 15.6 0"/><path d="m12 14 4.2-4.2"/>',
    "info": '<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5.5M12 7.8v.2"/>',
    "lock": '<rect x="5" y="10.5" width="14" height="9.5" rx="2"/><path d="M8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5"/>',
    "globe": '<circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17"/>'
    '<path d="M12 3.5c2.5 2.3 3.7 5.1 3.7 8.5s-1.2 6.2-3.7 8.5c-2.5-2.3-3.7-5.1-3.7-8.5s1.2-6.2 3.7-8.5z"/>',
    "leave": '<path d="M14 4H5v16h9"/><path d="M10 12h10.5"/><path d="m17 8.5 3.5 3.5-3.5 3.5"/>',
    "keyboard": '<rect x="2.5" y="6" width="19" height="12" rx="2"/>'
    '<path d="M6 10h.1M9.5 10h.1M13 10h.1M16.5 10h1M7.5 14h9"/>',
    "edit": '<path d="m4 20 1-4.5L16 4.5l3.5 3.5L8.5 19z"/><path d="m13.5 7 3.5 3.5"/>',
    "trash": '<path d="M4.5 7h15M9.5 7V4h5v3M6.5 7l1 13h9l1-13"/>',
    "density": '<path d="M4 5h16M4 9.7h16M4 14.3h16M4 19h16"/>',
}


@cache
def icon_html(name: str) -> SafeString:
    """An icon as decoration."""
    drawing = mark_safe(ICONS[name])  # noqa: S308  # our own drawings
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', drawing)
