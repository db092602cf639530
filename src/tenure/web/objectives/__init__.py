"""Objectives: what the company, teams and people are to reach, how it stands, and where the gap is."""
