"""What staff do with courses: find one, hand out links, see who has what, publish."""
