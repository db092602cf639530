"""Dashboards: figures of one's own choice on one page, shared, exported, and sent by mail."""
