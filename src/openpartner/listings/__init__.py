"""One declaration per list, read by pages, exports and documents."""
