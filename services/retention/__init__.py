"""How long what is kept: data/retention.toml carried out every night."""
