"""The scanner of uploaded papers (病毒查杀): ClamAV's daemon, spoken to over a socket."""
