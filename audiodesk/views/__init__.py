"""The widgets and item models of the window; they know only the domain and Qt."""
