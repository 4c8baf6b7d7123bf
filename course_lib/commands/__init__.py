"""What the `course` command does, one subcommand a file."""
