"""Where the console shows requests and migrations."""

REQUESTS, MIGRATIONS, OUTGOING, OWN_PARTNER = (
    "/unbind-requests/",
    "/migrations/",
    "/migrations/outgoing/",
    "/my-partner/",
)
"""To partners, to receivers and the provider, to who lets go, and to customers."""
