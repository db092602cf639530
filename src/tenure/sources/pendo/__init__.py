"""Pendo: accounts and visitors, the use of features, pages and tracked events by the hour, answers to NPS polls."""
