"""The main window with its menus, notices and status bar."""
