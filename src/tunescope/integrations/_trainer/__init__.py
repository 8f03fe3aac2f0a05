"""What watches a training of transformers' `Trainer`."""
