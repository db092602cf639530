"""Tasks: what people are to do, about an account or not. Below the features, each of which may give them.

``tasks`` has what is done with them, ``whose`` who sees which, ``routine`` those that are given several at once from a
template, ``calendar`` the business days in which they are due.
"""
