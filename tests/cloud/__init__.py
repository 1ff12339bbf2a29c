"""Tests of what talks to Supabase."""
