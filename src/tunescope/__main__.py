"""`python -m tunescope`: the command line."""

from tunescope.cli.main import run

if __name__ == "__main__":
    run()
