"""Mail and calendars, and who is who: what is read of them goes into the warehouse as touchpoints and inquiries."""
