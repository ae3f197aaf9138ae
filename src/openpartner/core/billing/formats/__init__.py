"""The formats that bills are delivered in: each a projection, in SQL, from a file's columns onto a bill line."""
