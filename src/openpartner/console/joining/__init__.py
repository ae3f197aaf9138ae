"""Pages of those who were invited: opening an invitation, registering, applying, and how an application stands."""
