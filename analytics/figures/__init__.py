"""Figures: one per file, frame -> Plotly figure. They draw what they are given and never query.

Each module has its figure function and `describe`, the same in one sentence for those who cannot see it.
Colours, template and placing of labels come from `style` and `placing`.
"""
