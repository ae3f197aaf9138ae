"""Values and doors every capability stands on: scope, caller, errors, permissions."""
