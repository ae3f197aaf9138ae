"""Work that outlives a request: leased, checkpointed, resumable."""
