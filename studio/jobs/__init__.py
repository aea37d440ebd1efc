"""Every job: asking, claiming, leasing, reporting, ending; the fair queue and the sweeper."""
