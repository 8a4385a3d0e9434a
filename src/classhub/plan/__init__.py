"""What is wanted plus what runs now gives a Plan. Pure: nothing here reads, writes or starts anything."""
