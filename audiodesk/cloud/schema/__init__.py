"""The schema of an operator's database: what is shipped, what is applied, and how."""
