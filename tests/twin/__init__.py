"""A stand-in for Supabase: real HTTP before a real PostgreSQL that looks like a hosted project's."""
