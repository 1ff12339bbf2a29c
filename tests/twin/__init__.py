"""A stand-in for Supabase: real HTTP in front of a real PostgreSQL that looks like a hosted project's."""
