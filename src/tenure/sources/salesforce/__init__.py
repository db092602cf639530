"""Salesforce: accounts and who owns them, people, opportunities with what is in them, calls, mails and meetings."""
