"""Acting for a customer: asked for, granted, limited, revoked."""
