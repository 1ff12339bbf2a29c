"""The wiring of the window: application, controllers, the bridge from the services, the player."""
