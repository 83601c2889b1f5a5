# Stands in for redis: Debian's package, with the user, the folder and the start of the real image.
FROM relay-stand-in-base
RUN groupadd --gid 1000 redis && useradd --uid 999 --gid redis redis \
  && apt-get update && apt-get install --yes --no-install-recommends redis-server && rm -rf /var/lib/apt/lists/*
RUN mkdir /data && chown redis:redis /data
VOLUME /data
WORKDIR /data
CMD ["redis-server"]
