"""What holds for the whole house, proven by machine."""
