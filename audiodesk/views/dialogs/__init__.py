"""The dialogs: import preview, trash, found recordings, properties, settings, keys, moving, opening."""
