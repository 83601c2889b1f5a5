# Build: compiles the sources and bundles the page. What is copied, .dockerignore says.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
# The image brings its own Node, so the optional packages that carry one are left out of it.
RUN npm run build && npm prune --omit=dev --omit=optional

# Run: the compiled program and what it needs, as a user without rights. Only data is written to.
FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8000 STORE_URL=sqlite:/app/data/relay.db
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY assets assets
RUN mkdir data && chown node:node data
USER node
VOLUME /app/data
EXPOSE 8000
# Readiness: a relay that stops, or whose store is away, is not to be sent calls. A certificate is for the name outside, not for this.
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "require(process.env.TLS_CERT_FILE ? 'https' : 'http').get({ host: '127.0.0.1', port: process.env.PORT, path: '/readyz', rejectUnauthorized: false }, (r) => process.exit(r.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
# Node itself is process 1, so that SIGTERM reaches the relay, which then lets its calls end.
CMD ["node", "dist/src/main.js", "serve"]
