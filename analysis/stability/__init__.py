"""How a batch keeps: half-lives of dated numbers, days until δ is seen. Pure: no Django, no database."""
