"""Calendars in the form of iCalendar (RFC 5545), from files, by URL or by CalDAV: which meetings with customers took place."""
