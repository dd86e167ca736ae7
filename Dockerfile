# The server, with what its sandbox needs to grade beside it. The bundle of pages is built here, so that a start builds nothing.
FROM node:24-bookworm-slim AS built
WORKDIR /gradus
COPY . .
# Pruning writes the lock file; pages older than that would be built again at every start.
RUN npm ci && npm run build && npm prune --omit=dev && touch apps/web/dist/index.html

FROM node:24-bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends bubblewrap gcc g++ libc6-dev python3 util-linux && rm -rf /var/lib/apt/lists/*
WORKDIR /gradus
COPY --from=built /gradus .
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 GRADUS_DATA=/data
VOLUME /data
EXPOSE 3000
USER node
# Migrates the database, then listens, and grades beside it; SIGTERM drains. Set DATABASE_URL, or mount /data for the embedded database.
CMD ["node", "--max-semi-space-size=4", "scripts/start.ts"]
