"""Objectives: what the company, a team or one of our people is to reach, read as told and measured as figures are."""
