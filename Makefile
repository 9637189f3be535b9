# One-line verbs. Everything goes through npm, whose scripts run on the Node version that package.json pins.
.PHONY: setup demo test lint clean
setup: node_modules
demo: node_modules ; @npm run -s demo
test: node_modules ; @npm test -s
lint: node_modules ; @npm run -s lint
clean: ; rm -rf node_modules .cache .tap dist

node_modules: package-lock.json
	@scripts/setup/check.sh
	npm ci --no-audit --no-fund --loglevel=error
	@touch node_modules
