"""Reviews of people: 1:1s, team meetings and evaluations, prepared from what changed, held, answered and signed.

The review of customers' health is another thing (``tenure.web.review``).
"""
