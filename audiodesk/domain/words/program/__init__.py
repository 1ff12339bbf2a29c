"""What the program says of itself: its commands, jobs, status and set-up."""
