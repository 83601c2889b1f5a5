# Stands in for haproxy: Debian's package, with the user, the start and the signal of the real image.
FROM relay-stand-in-base
RUN apt-get update && apt-get install --yes --no-install-recommends haproxy wget && rm -rf /var/lib/apt/lists/*
USER haproxy
STOPSIGNAL SIGUSR1
CMD ["haproxy", "-W", "-db", "-f", "/usr/local/etc/haproxy/haproxy.cfg"]
