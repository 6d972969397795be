"""Learning and answering: the only user of torch, transformers and peft. Runs in its own process (see `worker`).

The rest of the program imports `engine.contract` alone, which loads none of them.
"""
