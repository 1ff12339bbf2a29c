"""Audio on its way to the Storage server and back: resumable uploads, and what is asked of stored objects."""
