"""What a donor reads and chooses: his page, his link, his name, the weekly list."""
