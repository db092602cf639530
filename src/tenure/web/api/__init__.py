"""The figures for programs: the same questions, rights and shapes as the command line, over HTTP."""
