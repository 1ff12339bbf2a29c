"""What travels between an account's computers: changes, their answers, and what people read of them."""
