"""The words of the program: records, messages and errors. Standard library only; imports nothing of ours."""
