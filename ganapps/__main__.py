"""`python -m ganapps` is `ganapps`."""

from ganapps.cli.__main__ import main

if __name__ == "__main__":
    main()
