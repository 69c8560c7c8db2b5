# The product alone: no sandbox, no tests, no development tools. Settings and secrets come at run time
# (docs/configuration.md). The root file system may be read-only; only /app/data is written to, the default DATA_DIR.
# It is not set here: without DATABASE_URL a production start must be told on purpose to embed its store.
#
# Node is the one that the lock file brings, which ran the tests: npm of this first stage only fetches it.
FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && npm cache clean --force \
  && install -D node_modules/node-linux-*/bin/node /node/bin/node \
  && install -D --mode=644 --target-directory=/node/share/node node_modules/node-linux-*/LICENSE \
  && rm -rf node_modules/node-linux-* node_modules/.bin

FROM debian:trixie-slim
# Password hashes use one thread a core and leave one for files and names: 17 are enough for 16 cores. Threads share
# two heaps of malloc instead of keeping one each, and what requests leave behind is collected sooner than by default:
# a fifth to a third less memory, at no cost that could be measured (docs/performance.md).
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    UV_THREADPOOL_SIZE=17 \
    MALLOC_ARENA_MAX=2 \
    NODE_OPTIONS=--max-semi-space-size=8
WORKDIR /app
RUN useradd --uid 1000 --user-group --no-create-home --shell /usr/sbin/nologin node && mkdir data && chown node:node data
COPY --from=dependencies /node /usr/local
COPY --from=dependencies /app/node_modules node_modules
COPY package.json clients.json ./
COPY migrations migrations
COPY profiles profiles
COPY adapters adapters
COPY interactions interactions
COPY src src
USER node
VOLUME /app/data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# node itself is process 1: it gets SIGTERM and drains.
CMD ["node", "src/process/main.ts"]
