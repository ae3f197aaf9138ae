"""What the tests stand on: a database to use, people with fixed rights, a live server, the official SDKs."""
