"""Letters between a family and a donor or volunteer, each through the moderator."""
