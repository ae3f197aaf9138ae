"""Mail that leaves with the transaction that asked for it: an outbox, delivered by jobs, in three languages."""
