"""The commands of `openpartner`, one module each, imported only when called."""
