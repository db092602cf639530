"""How mail is sent, and what of it one does not want."""
