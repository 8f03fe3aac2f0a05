"""What a study asks for: read, checked, and looked up."""
