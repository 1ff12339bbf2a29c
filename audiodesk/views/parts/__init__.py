"""What several rooms share: theme, icons, words for states, delegates."""
