"""What partners earn by: policies and, one day, the statements they lead to."""
