# One-line verbs. Everything goes through npm, whose scripts run on the Node version that package.json pins.
.PHONY: setup demo node test compatibility attacks e2e signing alerts bench image release docs lint clean
setup: node_modules
demo: node_modules ; @npm run -s demo
node: node_modules ; @npm run -s node
test: node_modules ; @npm test -s
compatibility: node_modules ; @npm run -s test:compatibility
e2e: node_modules ; @npm run -s test:e2e
# The attacks once more, in mode `aggregated`.
attacks: node_modules ; @npm run -s test:attacks
# The release with signatures, for which cosign is built first.
signing: node_modules ; @SIGN=1 npm run -s test:e2e -- scripts/e2e/test/release.test.ts
# How soon alerts are reported and resolved, with that of a suspended CronJob, which takes seven minutes more.
alerts: node_modules ; @STALE=1 npm run -s test:e2e -- scripts/e2e/test/alert-times.test.ts
bench: node_modules ; @npm run -s bench
image: node_modules ; @npm run -s image
# REGISTRY=host/path, and KEY=cosign.key to sign.
release: node_modules ; @npm run -s release
# The website of the pages, in dist/docs.
docs: node_modules ; @npm run -s docs:site
lint: node_modules ; @npm run -s lint
clean: ; rm -rf node_modules .cache .tap dist

node_modules: package-lock.json
	@scripts/setup/check.sh
	@# Not `npm ci`: it refuses a lock file without the packages of other platforms, which not every registry mirror carries.
	npm install --no-save --no-audit --no-fund --loglevel=error
	@touch node_modules
