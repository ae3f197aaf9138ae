"""SMS that leave with the transaction that asked for them: an outbox like that of mail, and sinks."""
