"""What a library shares with an account: this device, its first changes, and rows as the server sent them."""
