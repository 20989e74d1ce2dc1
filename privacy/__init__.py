"""Rules for seeing. Pure: who a viewer is, what an audience is, what a role may do."""
