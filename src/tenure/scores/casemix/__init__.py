"""Case mix: what came of the accounts of each CSM or team, against what was to be expected of them at hand-over.

``expected`` learns what to expect, ``funnel`` says what chance alone makes, ``shrunk`` how much of a difference to believe,
``ranking`` who can be told apart, and ``standing`` puts them together. Nothing in these reads anything; ``exposure`` and
``handover`` read the account-months and what was known of them.
"""
