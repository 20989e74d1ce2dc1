"""What a notice may say of its subject: each subject read through the gate, for its recipient."""
