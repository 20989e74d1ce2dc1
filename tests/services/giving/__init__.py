"""What donors settle about a pledge: services/giving."""
