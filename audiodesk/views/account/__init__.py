"""What a person sees of the account: signing in, bringing in a library, the account page and its button."""
