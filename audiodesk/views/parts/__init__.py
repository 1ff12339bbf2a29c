"""What several rooms of the views share: theme, icons, words for states, delegates."""
