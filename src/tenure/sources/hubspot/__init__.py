"""HubSpot: companies and who owns them, people, deals with their stages, tickets with their course, engagements."""
