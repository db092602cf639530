"""The effect of what we do: what a play changed, against accounts on which it was not tried.

``trial``: held out by lot. ``staggered``: difference in differences where nobody was. ``measured`` chooses between them.
"""
