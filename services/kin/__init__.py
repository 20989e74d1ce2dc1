"""Who looks after a child: what changes after they were entered."""
