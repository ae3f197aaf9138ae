"""What bars an account from being associated or released: facts, causes, and a code of each vendor for each."""
