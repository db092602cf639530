"""Zendesk Support: tickets with their course, people, organisations, business hours."""
