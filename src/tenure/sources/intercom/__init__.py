"""Intercom: conversations with their parts, companies, contacts, admins and teams, ratings."""
