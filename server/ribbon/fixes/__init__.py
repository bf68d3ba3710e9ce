"""Fix in setup: what a log uses and the setup lacks, added to the setup from the finding about it."""
