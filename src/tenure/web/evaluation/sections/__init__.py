"""The sections of a prepared agenda. One registers by existing: a module here with

* ``RANK``: where it stands, a number that no other section has,
* ``KINDS``: in reviews of which kinds (``Kind``),
* ``section(about: About) -> Section | None``: what there is to say; None for nothing at all.

A section asks through ``about.sight``, which reaches as far as the book of the person, or of the line, that the review is about, and
through the functions of ``tenure.web.work``. What it says is kept with the review when that is held: it says texts, and links
within Tenure, and nothing else. So what another part of Tenure knows of a person, her objectives for one, comes in by one file here
which asks a verb of the engine or a function of ``work``.
"""
