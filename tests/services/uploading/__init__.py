"""Takes on their way to the cloud, over the real server side."""
