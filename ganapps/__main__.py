"""`python -m ganapps` is `ganapps`."""

from ganapps.cli import main

if __name__ == "__main__":
    main()
