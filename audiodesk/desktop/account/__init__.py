"""The account in the window: signing in and out, changing it, and bringing in this computer's library."""
