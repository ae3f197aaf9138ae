"""How customers and second-level resellers come to be: codes, accounts, invitations, applications."""
