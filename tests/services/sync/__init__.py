"""The shipped synchronizer, with a real library on each computer and the real server side."""
