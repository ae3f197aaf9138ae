"""Business rules and the ORM: vendor-neutral, no HTTP, no wire format, no template."""
