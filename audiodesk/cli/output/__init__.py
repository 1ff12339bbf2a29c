"""What commands print, ask and understand."""
