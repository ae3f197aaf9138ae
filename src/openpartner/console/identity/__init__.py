"""Who it is: signing in and out, passwords, second steps, sessions, and the pages about oneself."""
