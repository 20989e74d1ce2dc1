"""What a donor settles about one pledge beside its plain changes: its room, gifts, reminders, payer."""
