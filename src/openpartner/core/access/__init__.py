"""Users, roles, keys and tokens: who may do what."""
