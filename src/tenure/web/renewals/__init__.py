"""Renewals and growth: what comes up, what it is expected to bring, how right that was, and what may be sold."""
