"""What leaves the system as messages, by whatever way: the outbox, its delivery, and how long it is remembered."""
