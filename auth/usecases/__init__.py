"""What people do at the door, one file per verb."""
