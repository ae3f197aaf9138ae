"""What happens when processes die, stop or lose one another."""
