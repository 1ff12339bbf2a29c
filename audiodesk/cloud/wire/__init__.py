"""The connection to a server: its address, the HTTP client, and what each refusal means."""
