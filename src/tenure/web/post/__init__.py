"""What features hand on to be done or told: jobs in the background, schedules, mail, notices."""
