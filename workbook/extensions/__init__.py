"""What the book adds to Sphinx, one purpose each."""
