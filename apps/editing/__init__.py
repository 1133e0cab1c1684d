"""The page Face editing: which controls a bundle gets, what a click on one means, and where faces come from."""
