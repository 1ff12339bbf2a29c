"""Brings takes to the cloud: the queue, each file's way there, and the proof that it arrived."""
