"""What `run` and `count` share. Python 3.9 or later, nothing but its standard library."""
