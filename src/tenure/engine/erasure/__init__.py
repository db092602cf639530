"""Erasing people: what is known of a person is exchanged for words that say nothing, wherever it came in, and whatever was
made of that is made anew.

The archive and the inbox are what everything else is made of. In them a person's id becomes another that names nobody, the
same everywhere, so that the same rows still belong together; what else tells of the person becomes a word of its own for
every text, so that what differed still differs. Then the warehouse is rebuilt, and no figure has changed.
"""
