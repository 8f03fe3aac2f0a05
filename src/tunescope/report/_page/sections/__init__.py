"""The sections of the page: each is `x.py`, which gives data, and `x.js`, which draws them. Found by listing."""
