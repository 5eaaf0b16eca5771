"""What `http_load.py` measures with.

`upstream` is a Thinkific that costs next to nothing, `programs` starts it and the servers, and `callers` makes
the load.
"""
