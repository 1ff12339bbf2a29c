"""Keeps this library and the server in agreement: pushes changes, pulls rows, and tells what came."""
