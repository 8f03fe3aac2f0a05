"""Single points: which are shown, what is known of them, maps of them."""
