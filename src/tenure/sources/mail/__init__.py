"""Mail: what is kept of a message, whose contact it was, and which questions were asked and answered."""
