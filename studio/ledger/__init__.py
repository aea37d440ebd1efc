"""What work costs: foretold, reserved, and what it came to. Stands before the room of jobs and knows them by their ids only."""
