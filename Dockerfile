FROM node:20-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY sdk/package.json sdk/
RUN npm ci --no-audit --no-fund
COPY . .
# Without the list of development packages npm prunes them, and the Prisma command line with them, which
# --omit=dev keeps: it is an optional peer of the Prisma client.
RUN npm run build && npm pkg delete devDependencies && npm prune --no-audit --no-fund

FROM node:20-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/sdk/package.json sdk/
COPY --from=build /app/sdk/dist sdk/dist
COPY --from=build /app/prisma prisma
COPY --from=build /app/bin bin
COPY --from=build /app/examples/data examples/data
COPY --from=build /app/dist dist
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:4000/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/rungraph.mjs"]
# --insecure: whoever reaches the port may read and write. Publish it on 127.0.0.1 only.
CMD ["serve", "--host", "0.0.0.0", "--insecure", "--data", "/data"]
