"""Acting on behalf of customers: asked for, granted, revoked, and what distributors let their resellers do."""
