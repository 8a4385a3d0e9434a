"""One module per thing that is not us. The only doors out."""
