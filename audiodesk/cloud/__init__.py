"""The Supabase project: sign-in, remote procedures and probes. The only floor that knows the network's libraries."""
