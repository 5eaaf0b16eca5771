"""What `answer_sizes.py` measures: `questions` put to ours and to Thinkific (`texts`) and to the `converter`."""
